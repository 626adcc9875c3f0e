import DeployModel
import Synchronization

/// Sends pieces of text to a collector while a deployment runs, in order and a few at a time, on a separate thread. The queue never blocks
/// its callers. If there is no room for a piece, the piece is dropped and counted. If a collector keeps failing, nothing more is sent. No
/// deployment fails because of a collector.
final class PostQueue: Sendable {
  /// The limits on waiting pieces: their total number of bytes, and their number.
  private static let (most, mostPieces) = (8 << 20, 10_000)
  /// The limits on one request: the number of its pieces, and their total number of bytes.
  private static let (batch, batchBytes) = (200, 1 << 20)
  /// After this number of failed requests in a row, nothing more is sent.
  private static let patience = 3
  /// The time limit for sending what is left at the end.
  private static let last = Duration.seconds(5)

  private struct State {
    var pieces: [(text: String, kind: Int)] = []
    var bytes = 0
    var lost = 0
    /// The number of pieces that are being sent now.
    var flying = 0
    var failures = 0
    var reason: String?
    var isClosed = false
    var isDone = false
  }
  private let state = Mutex(State())
  /// The target, as a name for people.
  private let name: String
  private let option: String
  private let send: @Sendable ([String], Int) -> String?

  /// - Parameters:
  ///   - name: the target, as a name for people.
  ///   - option: the option that named the target.
  ///   - send: sends pieces of one kind. Returns why the target did not accept them, or nil if it did.
  init(to name: String, option: String, send: @escaping @Sendable ([String], Int) -> String?) {
    (self.name, self.option, self.send) = (name, option, send)
    if !PlainThread.start({ [self] in work() }) { state.withLock { $0.isDone = true } }
  }

  /// Adds a piece. - Parameter kind: the kind of the piece. Pieces of different kinds go into different requests.
  func add(_ text: String, kind: Int = 0) {
    state.withLock { state in
      guard !state.isDone, state.bytes + text.utf8.count <= Self.most, state.pieces.count < Self.mostPieces else {
        state.lost += 1
        return
      }
      state.pieces.append((text, kind))
      state.bytes += text.utf8.count
    }
  }

  /// Waits a few seconds until everything is sent.
  /// - Returns: the problem to report, or nil if the collector accepted everything.
  func finish() async -> Problem? {
    state.withLock { $0.isClosed = true }
    let deadline = ContinuousClock.now + Self.last
    while ContinuousClock.now < deadline, !state.withLock({ $0.isDone }) { try? await Task.sleep(for: .milliseconds(10)) }
    return state.withLock { state in
      let lost = state.lost + state.pieces.count + state.flying
      state.isDone = true
      guard lost > 0 else { return nil }
      let reason = state.reason ?? "it does not receive them fast enough"
      return Problem(
        "\(name) did not receive \(lost.of("item")): \(reason)", subject: option, fix: "the deployment itself is not affected")
    }
  }

  private func work() {
    var turn = 0
    while true {
      let (batch, kind, isOver) = state.withLock { next(&$0, isHurried: turn >= 20) }
      if isOver { return }
      guard !batch.isEmpty else {
        turn += 1
        PlainThread.pause(milliseconds: 50)
        continue
      }
      turn = 0
      let reason = send(batch, kind)
      let pause = state.withLock { state -> Bool in
        state.flying = 0
        state.failures = reason == nil ? 0 : state.failures + 1
        if let reason { (state.reason, state.lost) = (reason, state.lost + batch.count) }
        guard state.failures >= Self.patience || state.isDone else { return reason != nil }
        (state.lost, state.pieces, state.isDone) = (state.lost + state.pieces.count, [], true)
        return false
      }
      if pause { PlainThread.pause(milliseconds: 200) }
    }
  }

  /// Takes the pieces for the next request.
  /// - Parameter isHurried: whether to send even a few pieces, because they have waited for a second.
  private func next(_ state: inout State, isHurried: Bool) -> ([String], Int, Bool) {
    if state.isDone { return ([], 0, true) }
    guard let kind = state.pieces.first?.kind else {
      if state.isClosed { state.isDone = true }
      return ([], 0, state.isClosed)
    }
    guard isHurried || state.isClosed || state.pieces.count >= Self.batch else { return ([], kind, false) }
    var (count, bytes) = (0, 0)
    while count < min(Self.batch, state.pieces.count), state.pieces[count].kind == kind, count == 0 || bytes < Self.batchBytes {
      bytes += state.pieces[count].text.utf8.count
      count += 1
    }
    let batch = state.pieces.prefix(count).map(\.text)
    state.pieces.removeFirst(count)
    state.bytes -= bytes
    state.flying = count
    return (batch, kind, false)
  }
}
