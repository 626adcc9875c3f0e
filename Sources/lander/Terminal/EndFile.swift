import ArgumentParser
import DeployModel
import Glibc
import Synchronization

/// A file that tells programs how a command ended. The command opens and empties the file before it does anything. So a wrong path is
/// reported before anything happens, and nobody mistakes an earlier result for the result of a command that was killed. The command writes
/// to the file no matter how it ends.
enum EndFile: String, CaseIterable {
  case result = "--result"
  case junit = "--junit"
  case dotenv = "--dotenv"

  private static let opened = Mutex<[EndFile: Int32]>([:])

  /// Returns the files that the command line asks for.
  static func asked(_ words: [String], of command: any ParsableCommand.Type) -> [(file: EndFile, path: String)] {
    // This command's file has another format.
    if command is AppSpecRunCommand.Type { return [] }
    return allCases.compactMap { file in
      guard let path = NamedFile.value(of: file.rawValue, in: words) else { return nil }
      // If the parser will refuse the words, no file is opened. The exception is an unknown command, because then the file says what is
      // wrong.
      if file == .result, !command.configuration.subcommands.isEmpty { return (file, path) }
      return NamedFile.isTaken(file.rawValue, by: command) ? (file, path) : nil
    }
  }

  /// - Throws: `Problems` if the file cannot be written.
  func open(_ path: String) throws(Problems) {
    let descriptor = try OutputFile.open(path, option: rawValue)
    Self.opened.withLock { $0[self] = descriptor }
  }

  /// Whether the file is open. If so, its text has not been written yet.
  var isOpen: Bool { Self.opened.withLock { $0[self] != nil } }

  /// Writes the whole text and closes the file. Does nothing if the file is not open. If writing fails, the failure is reported, and the
  /// command does not succeed.
  /// - Returns: whether the whole text was written.
  @discardableResult
  func write(_ text: String) -> Bool {
    guard let descriptor = Self.opened.withLock({ $0.removeValue(forKey: self) }) else { return false }
    defer { close(descriptor) }
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR || errno == EAGAIN { continue }
      guard count > 0 else {
        Terminal.loses(errno, of: "the file of \(rawValue)")
        return false
      }
      bytes = bytes.dropFirst(count)
    }
    return true
  }
}
