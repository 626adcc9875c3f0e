import DeployGround
import DeployModel
import Glibc

/// A variable in the environment of all processes of one command on the engine's machine. It even marks processes that have left the
/// command's process group, for example through `setsid`. A process that clears its environment loses the mark.
struct CommandMark: Sendable, Hashable {
  static let variable = "LANDER_HERE"
  /// The variable's value. It ends with a full stop, so that no mark is the beginning of another mark.
  let word: String

  init(_ intent: Int, of deployment: Deployment.ID) { word = "\(deployment).\(intent)." }

  /// The ids of the processes with this mark that this user is allowed to see.
  var processes: [pid_t] { MarkedProcesses.ids(with: "\(Self.variable)=\(word)") }

  /// Sends a signal to each process that has the mark.
  /// - Returns: whether at least one process has the mark.
  @discardableResult
  func signal(_ number: Int32) -> Bool {
    let processes = processes
    for process in processes { kill(process, number) }
    return !processes.isEmpty
  }
}
