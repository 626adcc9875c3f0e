import DeployGround
import DeployModel
import Glibc

/// A variable in the environment of all processes of one command on the engine's machine. It also marks processes that left the
/// command's process group, for example by `setsid`. A process that clears its environment loses the mark.
struct CommandMark: Sendable, Hashable {
  static let variable = "LANDER_HERE"
  /// The variable's value. It ends in a full stop, so that no mark is the beginning of another one.
  let word: String

  init(_ intent: Int, of deployment: Deployment.ID) { word = "\(deployment).\(intent)." }

  /// The ids of the processes that have the mark, if this user may see them.
  var processes: [pid_t] {
    let wanted = Array("\(Self.variable)=\(word)".utf8) + [0]
    return FolderNames.processes.filter { $0 > 1 && $0 != getpid() && Self.environment(of: $0).holds(wanted) }
  }

  /// Sends a signal to each process that has the mark.
  /// - Returns: whether at least one process has the mark.
  @discardableResult
  func signal(_ number: Int32) -> Bool {
    let processes = processes
    for process in processes { kill(process, number) }
    return !processes.isEmpty
  }

  /// Returns the environment of a process, cut to 1 MiB; empty if it cannot be read.
  private static func environment(of process: pid_t) -> [UInt8] {
    let file = open("/proc/\(process)/environ", O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return [] }
    defer { Glibc.close(file) }
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 14)
    while bytes.count < 1 << 20 {
      let count = read(file, &piece, piece.count)
      guard count > 0 else { break }
      bytes += piece[..<count]
    }
    return bytes
  }
}

extension [UInt8] {
  /// Whether one of the texts is this one. Each text ends in a zero byte.
  fileprivate func holds(_ wanted: [UInt8]) -> Bool {
    var start = startIndex
    while start < endIndex {
      let end = self[start...].firstIndex(of: 0) ?? endIndex
      if end - start == wanted.count - 1, self[start..<end].elementsEqual(wanted.dropLast()) { return true }
      start = end + 1
    }
    return false
  }
}
