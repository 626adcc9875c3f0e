import DeployModel
import Glibc

/// The standard streams of a command on this machine. They are named pipes and files, so that `/dev/stdin` and `/dev/stderr` work as they
/// do in an interactive shell. No other child process inherits them.
final class LocalStreams {
  private(set) var input: Int32 = -1
  private(set) var output: (ours: Int32, theirs: Int32) = (-1, -1)
  private(set) var errors: (ours: Int32, theirs: Int32) = (-1, -1)

  /// Writes the input to a file of mode 0600, and removes the file's name before the command starts.
  init(input bytes: [UInt8]) throws(Failure) {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    if bytes.isEmpty {
      input = open("/dev/null", O_RDONLY | O_CLOEXEC)
    } else {
      let path = "\(folder.path)/in"
      let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
      defer { close(file) }
      var written = 0
      while written < bytes.count {
        // The bytes are not empty, so they have an address.
        let count = bytes.withUnsafeBytes { write(file, $0.baseAddress! + written, bytes.count - written) }
        guard count > 0 else { throw Temporary.failure("the command's input cannot be kept") }
        written += count
      }
      input = open(path, O_RDONLY | O_CLOEXEC)
    }
    output = LocalStreams.pipe("\(folder.path)/out")
    errors = LocalStreams.pipe("\(folder.path)/err")
    guard [input, output.ours, output.theirs, errors.ours, errors.theirs].allSatisfy({ $0 >= 0 }) else {
      let failure = Temporary.failure("no streams for a command")
      closeOurs()
      closeTheirs()
      throw failure
    }
  }

  private static func pipe(_ path: String) -> (Int32, Int32) {
    guard mkfifo(path, 0o600) == 0 else { return (-1, -1) }
    return (open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC), open(path, O_WRONLY | O_CLOEXEC))
  }

  /// Closes the child's descriptors in this process once the child has its own. A second call does nothing.
  func closeTheirs() {
    for descriptor in [input, output.theirs, errors.theirs] where descriptor >= 0 { close(descriptor) }
    (input, output.theirs, errors.theirs) = (-1, -1, -1)
  }
  /// Closes this process's descriptors, except those that were handed over to another owner.
  func closeOurs() {
    for descriptor in [output.ours, errors.ours] where descriptor >= 0 { close(descriptor) }
    (output.ours, errors.ours) = (-1, -1)
  }
}
