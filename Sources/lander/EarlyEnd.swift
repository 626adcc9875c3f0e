import DeployModel
import DeployReport
import Glibc
import Synchronization

/// What Ctrl-C and SIGTERM mean before a deployment has begun: nothing on a host has to be restored, so what runs on this machine (a
/// build, git) is ended with everything it started, and then the command.
enum EarlyEnd {
  private static let heard = Mutex<(signal: Int32, count: Int)?>(nil)

  /// With what the command ends where it was asked to; nil where it was not.
  static var code: DeployModel.ExitCode? { heard.withLock { $0.map { $0.signal == SIGTERM ? .terminated : .interrupted } } }

  /// From now on, until signals are given to somebody else. A second one does not wait for what ignores the first.
  /// - Parameter rest: what is so then, as a sentence.
  static func arm(_ engine: Engine, _ terminal: Terminal, _ rest: String = "Nothing on a host was changed.") {
    Signals.hear([SIGINT, SIGTERM]) { number in
      let count = heard.withLock { state in
        state = (state?.signal ?? number, (state?.count ?? 0) + 1)
        return state?.count ?? 1
      }
      let word = number == SIGTERM ? "Terminated" : "Interrupted"
      if count == 1 { terminal.tell("\(word): ending what runs here. \(rest)") }
      Task {
        await engine.endPrograms()
        leave(code ?? .interrupted)
      }
    }
  }

  /// Ends the command with that code.
  static func leave(_ code: DeployModel.ExitCode) -> Never {
    let word = code == .terminated ? "terminated" : "interrupted"
    Ending.write(code, Problem("\(word) before it began"))
    exit(code.rawValue)
  }

  /// From now on a signal ends no more than this command, which waits for another process.
  static func stopWaiting(for deployment: Deployment.ID, _ terminal: Terminal) {
    Signals.hear([SIGINT, SIGTERM]) { number in
      let problem = Problem(
        "stopped waiting for deployment \(deployment), which ends all the same", fix: "lander cancel \(deployment) waits again")
      terminal.tell(problem.lines(on: terminal.err))
      let code = number == SIGTERM ? DeployModel.ExitCode.terminated : .interrupted
      Ending.write(code, problem)
      exit(code.rawValue)
    }
  }
}
