import DeployModel
import DeployReport
import Foundation
import Synchronization

/// A file that an option names and that the command reads as a whole. It can be a pipe or a descriptor such as `/dev/stdin`. These can be
/// read only once, so their bytes are kept for the next reader in the same command. A wait for them is reported, and a signal ends it.
struct InputFile {
  /// The option that named the file.
  let option: String
  /// The path as it was typed.
  let path: String
  /// The limit in bytes.
  let most: Int

  /// The bytes of pipes and descriptors that have been read, by absolute path.
  private static let taken = Mutex<[ExactText: [UInt8]]>([:])
  /// The time after which a wait is reported, in milliseconds.
  private static let patience = 2000

  /// Returns the text of the file, or nil if there is no such file.
  /// - Throws: `Problem` if the file cannot be read, is too large or is not UTF-8.
  func text() throws(Problem) -> String? {
    guard let bytes = try bytes() else { return nil }
    return try Folder.text(of: Data(bytes), from: path)
  }

  /// Returns the bytes of the file, or nil if there is no such file. Those of a pipe are read up to its end.
  /// - Throws: `Problem` if the file cannot be read or is too large.
  func bytes() throws(Problem) -> [UInt8]? {
    let absolute = Folder.absolute(path)
    if let known = Self.taken.withLock({ $0[ExactText(absolute)] }) { return known }
    if let own = OutputFile.descriptor(absolute), !OutputFile.given.contains(own) { throw failure(EBADF) }
    // A second opening of a pipe would not notice that its writer has ended. A pipe with a name is opened without waiting for a writer.
    let file =
      OutputFile.descriptor(absolute).map { fcntl($0, F_DUPFD_CLOEXEC, 3) } ?? open(absolute, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard file >= 0 else {
      if errno == ENOENT, !Folder.isDeadLink(absolute) { return nil }
      throw failure(errno)
    }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0 else { throw failure(errno) }
    let kind = status.st_mode & S_IFMT
    if kind == S_IFDIR { throw Problem("\(path) is a folder, and a file was expected", subject: option, fix: "name the file in it") }
    let bytes = try read(file, kind)
    if kind != S_IFREG || OutputFile.descriptor(absolute) != nil { Self.taken.withLock { $0[ExactText(absolute)] = bytes } }
    return bytes
  }

  private func read(_ file: Int32, _ kind: mode_t) throws(Problem) -> [UInt8] {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    var left: Int32? = Int32(Self.patience)
    while bytes.count <= most {
      let start = ContinuousClock.now
      var wanted = pollfd(fd: file, events: Int16(POLLIN), revents: 0)
      let count = kind == S_IFREG ? 1 : poll(&wanted, 1, left ?? -1)
      if count == 0 {
        tell(isTerminal: isatty(file) == 1)
        left = nil
      }
      guard count > 0 else { continue }
      left = left.map { max(0, $0 - Int32((ContinuousClock.now - start) / .milliseconds(1))) }
      let size = Foundation.read(file, &chunk, chunk.count)
      if size < 0, errno == EINTR || errno == EAGAIN { continue }
      guard size >= 0 else { throw failure(errno) }
      if size == 0 { return bytes }
      bytes += chunk[..<size]
    }
    throw Problem("\(path) is larger than \(most.inBytes)", subject: option, fix: "name the file that was meant")
  }

  /// Says what the command is waiting for.
  private func tell(isTerminal: Bool) {
    let name = SafeText.line(path)
    let words =
      isTerminal
      ? "\(option) reads \(name) from this terminal, up to Ctrl-D"
      : "\(option) waits for \(name), a pipe that nobody has written and closed yet"
    Terminal.write("\(words); Ctrl-C ends the command\n", to: STDERR_FILENO)
  }

  private func failure(_ code: Int32) -> Problem {
    let fix =
      switch code {
      case ENOENT: "it is a link that leads nowhere: look at it with ls -l"
      case EBADF: "open the descriptor in the shell, as in 3<file"
      case ENXIO where Folder.absolute(path).hasPrefix("/dev/"): "no such device or terminal is there: name a file or a pipe"
      case ENXIO: "it is a socket: name a file or a pipe"
      case ELOOP: "it is a link that leads to itself: look at it with ls -l"
      default: "look at its permissions: ls -l \(path)"
      }
    return Problem("\(path) cannot be read: \(String(cString: strerror(code)))", subject: option, fix: fix)
  }
}
