/// The upload stage: releases that are sent before any host is changed.
struct Uploading: Sendable, Hashable {
  /// What follows.
  enum Move: Sendable, Hashable {
    case send(Int)
    /// As many are under way as may be, or the last ones are.
    case wait
    /// Nothing is under way, and nothing is to be begun.
    case done
  }

  /// Sends under way at once: enough to fill a line, few enough not to fill the engine's memory.
  static let width = 50

  private let queue: [Int]
  private var next = 0
  private(set) var running = 0
  /// Hosts to which it was sent again.
  private var repeated: [Int] = []

  /// - Parameter hosts: their numbers, in the order of sending.
  init(_ hosts: [Int] = []) { queue = hosts }

  /// Whether some are not begun yet.
  var isOpen: Bool { next < queue.count }

  /// - Parameter mayBegin: whether the deployment still starts anything new.
  mutating func next(mayBegin: Bool) -> Move {
    guard mayBegin, next < queue.count, running < Self.width else { return running == 0 ? .done : .wait }
    running += 1
    next += 1
    return .send(queue[next - 1])
  }

  /// Whether a send that failed is made again.
  /// - Parameters:
  ///   - most: how often one host's may be.
  ///   - helps: whether that is worth it.
  mutating func retries(_ host: Int, upTo most: Int, _ helps: Bool) -> Bool {
    guard helps, repeated.count(where: { $0 == host }) < most else { return false }
    repeated.append(host)
    return true
  }

  /// One of them came to its end.
  mutating func ended() { running -= 1 }
}
