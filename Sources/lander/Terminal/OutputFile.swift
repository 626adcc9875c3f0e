import DeployModel
import DeployReport
import Glibc

/// Opens files that options name for output.
enum OutputFile {
  /// How the texts of an option begin. If a file begins differently, it is not an earlier output of the option but something of the user's,
  /// such as a recipe, a journal or a file of the bundle.
  private static let beginnings = [
    "--result": ["{\"v\":1,\"type\":\"ended\""],
    "--junit": ["<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite", "<testsuite"],
    "--dotenv": ["LANDER_DEPLOYMENT=", "LANDER_EXIT="], "--html": [Document.beginning], "--lcov": ["TN:"],
    "--out": ["{\n  \"application\""], NamedFile.signature: ["-----BEGIN SSH SIGNATURE"], "--events": ["{\"specversion\":"],
  ]
  /// The descriptors that the program was started with. Every other one belongs to Lander.
  static let given = (0..<Int32(1024)).filter { fcntl($0, F_GETFD) >= 0 }

  /// Opens and empties a file, which is made if it does not exist. A pipe has to have a reader already: a command that waits for one would
  /// wait without a word. A descriptor, such as /dev/stdout, is not emptied, because others write to it too.
  /// - Parameter option: the option that named the file.
  /// - Throws: `Problems` if the file cannot be written.
  static func open(_ path: String, option: String) throws(Problems) -> Int32 {
    if let own = descriptor(path) {
      let copy = fcntl(own, F_DUPFD_CLOEXEC, 3)
      guard copy >= 0 else { throw Problems(problem(errno, path, option)) }
      return copy
    }
    let descriptor = Glibc.open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0o644)
    guard descriptor >= 0 else { throw Problems(problem(errno, path, option)) }
    _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) & ~O_NONBLOCK)
    // Something that is not a regular file cannot be truncated.
    _ = ftruncate(descriptor, 0)
    return descriptor
  }

  /// Opens a file or a descriptor, and keeps what it contains. A write never waits for the reader of a pipe.
  /// - Parameter path: the path as it was typed.
  /// - Throws: `Problems` if the file cannot be written.
  static func appending(to path: String, option: String) throws(Problems) -> Int32 {
    let absolute = Folder.absolute(path)
    let opened =
      descriptor(absolute).map { fcntl($0, F_DUPFD_CLOEXEC, 3) }
      ?? Glibc.open(absolute, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK, 0o644)
    guard opened >= 0 else { throw Problems(problem(errno, path, option)) }
    return opened
  }

  /// Returns why an option cannot or must not write to a path: the path is a file with content of the user's, a folder, in a folder that
  /// does not exist, or a descriptor that the program was not given. Returns nil if the path can be written and nothing would be lost.
  /// - Parameter form: the option, or another key of `beginnings` if the option stands for several kinds of files.
  static func loss(at path: String, option: String, form: String) -> Problem? {
    if let own = descriptor(path) {
      return given.contains(own) && fcntl(own, F_GETFL) & O_ACCMODE != O_RDONLY ? nil : problem(EBADF, path, option)
    }
    var status = stat()
    guard stat(path, &status) == 0 else { return access(Folder.parent(of: path), W_OK) == 0 ? nil : problem(errno, path, option) }
    if status.st_mode & S_IFMT == S_IFDIR { return problem(EISDIR, path, option) }
    guard let beginnings = beginnings[form], status.st_mode & S_IFMT == S_IFREG, status.st_size > 0 else { return nil }
    let file = Glibc.open(path, O_RDONLY | O_CLOEXEC)
    // Without reading the file, nobody knows what would be lost.
    guard file >= 0 else { return problem(errno, path, option) }
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: 128)
    let count = read(file, &bytes, bytes.count)
    let start = bytes.prefix(max(0, count))
    if beginnings.contains(where: { start.starts(with: $0.utf8) }) || EarlierOutput.isIn(file, of: form) { return nil }
    return Problem(
      "\(path) has content that \(option) did not write and would overwrite", subject: option,
      fix: "name another file, or remove this one first")
  }

  /// Returns the descriptor that a path or a link stands for, such as 1 for /dev/stdout, or nil if the path is a file.
  static func descriptor(_ path: String) -> Int32? {
    for path in Folder.steps(of: path) { if let number = number(path) { return number } }
    return nil
  }

  private static func number(_ path: String) -> Int32? {
    switch path {
    case "/dev/stdout": return STDOUT_FILENO
    case "/dev/stderr": return STDERR_FILENO
    default:
      guard let folder = ["/dev/fd/", "/proc/self/fd/"].first(where: path.hasPrefix) else { return nil }
      return Int32(path.dropFirst(folder.count))
    }
  }

  /// Returns what is wrong with a file that could not be opened.
  static func problem(_ code: Int32, _ path: String, _ option: String) -> Problem {
    switch code {
    // A pipe can be opened for writing in this way only while somebody reads it.
    case ENXIO: return problem("nobody reads the pipe", path, option, fix: "start its reader first")
    case EBADF: return problem("the descriptor is not open for writing", path, option, fix: "open it in the shell, as in 3>events.ndjson")
    default: return problem(String(cString: strerror(code)), path, option, fix: "name a file in a folder that is there")
    }
  }

  private static func problem(_ reason: String, _ path: String, _ option: String, fix: String) -> Problem {
    Problem("\(path) cannot be written: \(reason)", subject: option, fix: fix)
  }
}
