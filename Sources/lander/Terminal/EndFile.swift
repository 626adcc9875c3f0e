import ArgumentParser
import DeployModel
import Glibc
import Synchronization

/// A file about how a command ended, for programs. It is opened before anything is done, so that a wrong path is refused in time, and
/// emptied then: what an earlier command wrote must not be taken for the end of one that was killed. Every end of the command fills it.
enum EndFile: String, CaseIterable {
  case result = "--result"
  case junit = "--junit"
  case dotenv = "--dotenv"

  private static let opened = Mutex<[EndFile: Int32]>([:])

  /// The files that the words of a command ask for.
  static func asked(_ words: [String], of command: any ParsableCommand.Type) -> [(file: EndFile, path: String)] {
    // The file of this one is of another kind.
    if command is AppSpecRunCommand.Type { return [] }
    return allCases.compactMap { file in
      let name = file.rawValue
      let joined = words.last { $0.hasPrefix(name + "=") }.map { String($0.dropFirst(name.count + 1)) }
      let path = joined ?? zip(words, words.dropFirst()).reversed().first { $0.0 == name }?.1
      // What the parser will refuse opens nothing.
      // Words that name no command are refused, and whoever waits for the file is told so.
      if file == .result, !command.configuration.subcommands.isEmpty, let path, !path.isEmpty { return (file, path) }
      guard let path, !path.isEmpty, joined != nil || !path.hasPrefix("-") else { return nil }
      return Lander.helpMessage(for: command, columns: 200).contains(" \(name) <") ? (file, path) : nil
    }
  }

  /// - Throws: `Problems` if it cannot be written.
  func open(_ path: String) throws(Problems) {
    let descriptor = Glibc.open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      let reason = String(cString: strerror(errno))
      throw Problems(Problem("\(path) cannot be written: \(reason)", subject: rawValue, fix: "name a file in a folder that is there"))
    }
    // Not a regular file, such as /dev/stdout: it has no end to cut.
    _ = ftruncate(descriptor, 0)
    Self.opened.withLock { $0[self] = descriptor }
  }

  /// Whether it waits for its text.
  var isOpen: Bool { Self.opened.withLock { $0[self] != nil } }

  /// Writes all of it, and closes it; nothing if it is not open. What cannot be written is told, and is no success for whoever reads it.
  func write(_ text: String) {
    guard let descriptor = Self.opened.withLock({ $0.removeValue(forKey: self) }) else { return }
    defer { close(descriptor) }
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR || errno == EAGAIN { continue }
      guard count > 0 else { return Terminal.loses(errno, of: "the file of \(rawValue)") }
      bytes = bytes.dropFirst(count)
    }
  }
}
