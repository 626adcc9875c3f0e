import DeployDesk
import DeployModel
import DeployReport
import Dispatch
import Glibc
import Synchronization

/// How a signal ends a command, until another listener takes over the signals. The signal first ends the processes that run on this machine
/// (a build, git, clients of hosts) with everything that they started, and then the command.
enum EarlyEnd {
  private struct State {
    var signal: Int32?
    var at = ContinuousClock.now
    var rest = "nothing on a host was changed"
    /// The problem to report instead of the others.
    var problem: Problem?
    var endings: [@Sendable () async -> Void] = []
    /// Whether the cursor of standard error may be behind a drawn frame.
    var isDrawn = false
  }
  private static let state = Mutex(State())
  /// A wrapper (`timeout`, a CI runner) often signals the process and then its whole group: that is one request, not two.
  private static let echo = Duration.milliseconds(300)
  /// How many seconds the processes may take to end: TERM, the grace time, KILL.
  private static let patience = 30

  /// Whether a signal is ending the command.
  static var isUnderWay: Bool { state.withLock { $0.signal != nil } }

  /// Handles signals from now on. Every command calls this before its words are read.
  static func arm(_ terminal: Terminal) {
    Signals.hear(Signals.ending) { number in
      let now = ContinuousClock.now
      let isFirst = state.withLock { state in
        guard state.signal == nil else { return false }
        (state.signal, state.at) = (number, now)
        return true
      }
      if isFirst {
        // From here on nothing else reports how the command ended, or what fails because it is being ended.
        let isOpen = Ending.claim(ExitCode(endedBy: number))
        PlainThread.start { if isOpen { end(number, terminal) } else { Ending.leaveSoon() } }
      } else if number != SIGHUP, now - state.withLock({ $0.at }) > echo {
        PlainThread.start {
          finish(within: 3)
          Ending.leaveSoon()
        }
      }
    }
  }

  /// Adds something that has to end with the command. All of these end in the order of the calls; a second signal ends them again.
  static func also(_ ending: @escaping @Sendable () async -> Void) { state.withLock { $0.endings.append(ending) } }

  /// Sets the clause to print if a signal ends the command from now on: `the deployment is as it was`.
  static func nowHolds(_ rest: String) { state.withLock { $0.rest = rest } }

  /// From now on a signal ends only this command, which waits for another process.
  /// - Parameters:
  ///   - ends: what happens to the deployment, as a clause.
  ///   - command: the command that waits for it again.
  static func onlyWaits(for deployment: String, which ends: String = "ends all the same", again command: String = "cancel") {
    let kind = deployment.hasPrefix("train-") ? "train" : "deployment"
    let problem = Problem(
      "stopped waiting for \(kind) \(deployment), which \(ends)", fix: "lander \(command) \(deployment) waits again")
    state.withLock { $0.problem = problem }
  }

  /// Notes that a frame is drawn on standard error, so that a signal's message begins on a new line.
  static func isDrawn() { state.withLock { $0.isDrawn = true } }

  /// Waits until the command ends because of a signal.
  static func wait() -> Never { while true { pause() } }

  private static func end(_ number: Int32, _ terminal: Terminal) {
    let (rest, problem, hasEndings, isDrawn) = state.withLock { ($0.rest, $0.problem, !$0.endings.isEmpty, $0.isDrawn) }
    let code = ExitCode(endedBy: number)
    let word = code == .hungUp ? "terminal closed" : code.word
    let said = hasEndings ? "\(word): ending what runs here".sentenced + " " + rest.sentenced : "\(word): \(rest)".sentenced
    let lines = (isDrawn ? [""] : []) + (problem?.lines(on: terminal.err) ?? [said])
    Terminal.put(Array(lines.map { $0 + "\n" }.joined().utf8), to: STDERR_FILENO)
    finish(within: patience)
    Ending.leave(after: problem ?? Problem("\(word): \(rest)"))
  }

  /// Ends everything that was added. The wait has a limit, because all task threads may be busy.
  private static func finish(within seconds: Int) {
    let endings = state.withLock { $0.endings }
    guard !endings.isEmpty else { return }
    let isDone = DispatchSemaphore(value: 0)
    Task.detached {
      for ending in endings { await ending() }
      isDone.signal()
    }
    _ = isDone.wait(timeout: .now() + .seconds(seconds))
  }
}

extension ExitCode {
  /// The exit code of a command that a signal ended.
  init(endedBy signal: Int32) {
    switch signal {
    case SIGTERM: self = .terminated
    case SIGHUP: self = .hungUp
    default: self = .interrupted
    }
  }
}
