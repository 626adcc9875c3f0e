import DeployDesk
import DeployModel
import DeployReport
import Glibc
import Synchronization

/// The target of `--events`: a file or pipe, an address, or the input of a program. It gets a CloudEvent for each journal entry as soon as
/// the entry has been written. If the target fails, that is reported once, but no deployment fails because of it.
final class EventFile: Sendable {
  private struct State {
    var events = CloudEvents()
    /// The descriptor of the file or pipe. Nil if it can no longer be written, or if events are posted.
    var descriptor: Int32?
  }
  /// The queue that posts the events to an address, or nil if events are not posted.
  private let queue: PostQueue?
  /// The program that reads the events, or nil if no program does.
  private let program: EventProgram?
  private let state: Mutex<State>
  private let path: String
  /// The longest wait for one write, in milliseconds.
  private static let patience: Int32 = 5000

  /// Opens the target, unless it is the pipe that is open already. A file keeps its contents, so that a resumed deployment appends to it.
  /// - Throws: `Problems` if the target cannot be written.
  init?(_ path: String?) throws(Problems) {
    guard let path else { return nil }
    self.path = path
    if path.hasPrefix("http://") || path.hasPrefix("https://") {
      let address = try PostAddress(path, option: "--events")
      let poster = Poster(address: address, type: "application/cloudevents-batch+json")
      queue = PostQueue(to: address.words, option: "--events") { lines, _ in poster.post("[" + lines.joined(separator: ",") + "]") }
      program = nil
      state = Mutex(State())
      return
    }
    queue = nil
    if path.hasPrefix("exec:") {
      let started = try EventProgram(String(path.dropFirst(5)))
      program = started
      state = Mutex(State(descriptor: started.input))
      return
    }
    program = nil
    let pipe = EventPipe.copy(of: path)
    state = Mutex(State(descriptor: pipe == nil ? try OutputFile.appending(to: path, option: "--events") : pipe))
  }

  deinit { if let descriptor = state.withLock({ $0.descriptor }) { close(descriptor) } }

  func take(_ event: RunningEvent, _ terminal: Terminal) {
    let reason: String? = state.withLock { state in
      switch event {
      // The entries of an earlier engine are not sent, but they contain the names of hosts, which later events need.
      case .recalled(let id, let entry):
        _ = state.events.line(entry, of: id)
        return nil
      case .entry(let id, let entry), .repeated(let id, let entry):
        let line = state.events.line(entry, of: id)
        if let queue {
          queue.add(line)
          return nil
        }
        guard let descriptor = state.descriptor else { return nil }
        guard let reason = Self.write(Array((line + "\n").utf8), descriptor) else { return nil }
        close(descriptor)
        state.descriptor = nil
        return reason
      case .output, .notice: return nil
      }
    }
    if let reason { terminal.warn(Problem("\(path) cannot be written any more: \(reason)", subject: "--events")) }
  }

  /// Sends what is left, and waits a few seconds for the program that reads the events.
  func finish(_ terminal: Terminal) async {
    if let descriptor = state.withLock({ state in
      defer { state.descriptor = nil }
      return state.descriptor
    }) {
      close(descriptor)
    }
    if let problem = await queue?.finish() { terminal.warn(problem) }
    if let problem = await program?.finish() { terminal.warn(problem) }
  }

  /// Writes a line. If only a part of the line can be written, removes that part, so that the next event starts on a new line.
  /// - Returns: why the line could not be written, or nil if it was written.
  private static func write(_ line: [UInt8], _ descriptor: Int32) -> String? {
    var bytes = line[...]
    defer { if !bytes.isEmpty, bytes.count < line.count { cut(line.count - bytes.count, descriptor) } }
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      if count < 0, errno == EAGAIN {
        // A pipe that nobody reads must not delay the display of the deployment.
        var wanted = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        guard poll(&wanted, 1, patience) > 0 else { return "its reader has taken nothing for 5 s" }
        continue
      }
      guard count > 0 else { return String(cString: strerror(errno)) }
      bytes = bytes.dropFirst(count)
    }
    return nil
  }

  /// Removes the last bytes of a file. Bytes in a pipe cannot be removed.
  private static func cut(_ count: Int, _ descriptor: Int32) {
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, Int(status.st_size) >= count else { return }
    ftruncate(descriptor, status.st_size - count)
  }
}
