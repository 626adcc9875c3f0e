import DeployDesk
import DeployModel
import DeployReport
import Dispatch
import Glibc
import Synchronization

/// Ends the command if a signal arrives, until another listener takes over the signals. It first ends the processes that the command runs
/// on this machine (a build, git, clients of hosts) and everything that they started. Then it ends the command itself.
enum EarlyEnd {
  private struct State {
    var signal: Int32?
    var at = ContinuousClock.now
    var rest = "nothing on a host was changed"
    /// The problem to report in place of `rest`, or nil to report `rest`.
    var problem: Problem?
    var endings: [@Sendable () async -> Void] = []
    /// Whether the cursor of standard error might be at the end of a drawn frame.
    var isDrawn = false
  }
  private static let state = Mutex(State())
  /// Signals within this time count as one request, because a wrapper (`timeout`, a CI runner) often signals the process and then its whole
  /// group.
  private static let echo = Duration.milliseconds(300)
  /// The number of seconds within which the processes must have ended. It includes TERM, the grace time, and KILL.
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
        // From here on, no other code is allowed to report how the command ended, or failures that are only a consequence of its end.
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

  /// Adds an action that ends something together with the command. The actions run in the order of these calls, and again at a second
  /// signal.
  static func also(_ ending: @escaping @Sendable () async -> Void) { state.withLock { $0.endings.append(ending) } }

  /// Sets the clause that is printed from now on if a signal ends the command, such as `the deployment is as it was`.
  static func nowHolds(_ rest: String) { state.withLock { $0.rest = rest } }

  /// Records that this command only waits for another process. A signal then ends only the waiting.
  /// - Parameters:
  ///   - ends: what happens to the deployment, as a clause.
  ///   - command: the command with which a person waits again.
  static func onlyWaits(for deployment: Deployment.ID, which ends: String = "will still end", again command: String = "cancel") {
    onlyWaits(for: "deployment", deployment.rawValue, ends, command)
  }

  /// Records that this command only waits for a train.
  static func onlyWaits(for train: Train.ID, which ends: String = "will still end", again command: String = "cancel") {
    onlyWaits(for: "train", train.rawValue, ends, command)
  }

  private static func onlyWaits(for kind: String, _ id: String, _ ends: String, _ command: String) {
    let problem = Problem("stopped waiting for \(kind) \(id), which \(ends)", fix: "lander \(command) \(id) waits again")
    state.withLock { $0.problem = problem }
  }

  /// Records that a frame has been drawn on standard error. The message about a signal then begins on a new line.
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

  /// Runs all these actions. The wait for them is limited, because all task threads might be busy.
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
  /// Makes the exit code of a command that a signal ended.
  init(endedBy signal: Int32) {
    switch signal {
    case SIGTERM: self = .terminated
    case SIGHUP: self = .hungUp
    default: self = .interrupted
    }
  }
}
