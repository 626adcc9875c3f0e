import DeployGround
import DeployModel
import Glibc

/// A variable in the environment of all processes of one command on the engine's machine. Processes that left the command's process group,
/// for example by `setsid`, have it too; a process that clears its environment loses it.
struct CommandMark: Sendable, Hashable {
  static let variable = "LANDER_HERE"
  /// The mark ends in a full stop, so that no mark is the beginning of another mark.
  let word: String

  init(_ intent: Int, of deployment: Deployment.ID) { word = "\(deployment).\(intent)." }

  /// The processes that have the mark, as far as this user can see.
  var processes: [pid_t] {
    let wanted = Array("\(Self.variable)=\(word)".utf8) + [0]
    return FolderNames.processes.filter { $0 > 1 && $0 != getpid() && Self.environment(of: $0).holds(wanted) }
  }

  /// Signals each of these processes.
  /// - Returns: whether there was any.
  @discardableResult
  func signal(_ number: Int32) -> Bool {
    let processes = processes
    for process in processes { kill(process, number) }
    return !processes.isEmpty
  }

  /// The first MB of the file; empty if it cannot be read.
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
  /// Whether one of the texts, each ended by a zero byte, is this one.
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
