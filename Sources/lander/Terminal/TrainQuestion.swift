import DeployModel
import DeployReport
import Glibc

/// Asks a person whether a train continues with the next group. A person at this terminal can answer here. From any other terminal, a
/// person answers with `lander approve` or `lander reject`.
struct TrainQuestion {
  let train: Train
  let group: String
  /// The previous group.
  let before: String
  let bound: Interval
  let file: TrainFile
  let terminal: Terminal
  /// Whether a person can type an answer at this terminal.
  let asks: Bool

  /// The number of seconds between two status lines if nobody is at a terminal.
  private static let beat = 60

  /// Waits for the answer. - Returns: nil if nobody answered in time.
  func answer() async throws -> Train.Answer? {
    let (began, id) = (SystemClock.now, train.id)
    terminal.tell(
      "Group \"\(SafeText.line(before))\" runs bundle \(train.bundle?.short ?? ""). Before group \"\(SafeText.line(group))\" it "
        + "waits for a person, "
        + "at most \(bound): lander approve \(id), or lander reject \(id)")
    var (reader, told) = (PromptReader(isOpen: asks), began)
    reader.ask("Continue with group \"\(SafeText.line(group))\"? [yes/no] ")
    while SystemClock.now - began < bound {
      if let said = file.answer(for: group) { return said }
      switch reader.word()?.lowercased() {
      case "y"?, "yes"?: return said(true)
      case "n"?, "no"?: return said(false)
      case nil: break
      default: reader.ask("yes or no? ")
      }
      if !asks, SystemClock.now - told >= .seconds(Self.beat) {
        told = SystemClock.now
        terminal.tell("Still waiting for an answer to train \(id), for \(told - began) of \(bound)")
      }
      try await Task.sleep(for: .milliseconds(250))
    }
    return nil
  }

  private func said(_ approved: Bool) -> Train.Answer {
    Train.Answer(group: group, approved: approved, by: Identity.named, comment: "", at: SystemClock.now)
  }
}

/// Reads lines that a person types, without waiting for them.
private struct PromptReader {
  /// Whether more input can arrive.
  var isOpen: Bool
  private var partial: [UInt8] = []
  private var ends = 0

  init(isOpen: Bool) { self.isOpen = isOpen }

  func ask(_ question: String) {
    if isOpen { Terminal.write(question, to: STDERR_FILENO) }
  }

  /// Returns the next whole line, or nil if no whole line has arrived yet.
  mutating func word() -> String? {
    var wanted = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
    guard isOpen, poll(&wanted, 1, 0) > 0 else { return nil }
    var bytes = [UInt8](repeating: 0, count: 256)
    let count = read(STDIN_FILENO, &bytes, bytes.count)
    guard count > 0 else {
      // Control-D ends a line, but not the input of the terminal. If the terminal is gone, every read ends in this way.
      ends += 1
      isOpen = count < 0 && (errno == EINTR || errno == EAGAIN) || count == 0 && ends < 3
      return isOpen && count == 0 ? "" : nil
    }
    partial = Array((partial + bytes.prefix(count)).suffix(8192))
    guard let end = partial.firstIndex(of: 10) else { return nil }
    defer { partial.removeFirst(end + 1) }
    let line = String(decoding: partial[..<end], as: UTF8.self)
    return line.split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }
}
