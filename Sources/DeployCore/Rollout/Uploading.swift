/// The upload stage: sends releases before any host is changed.
struct Uploading: Sendable, Hashable {
  /// The next action.
  enum Move: Sendable, Hashable {
    case send(Int)
    /// Wait, because the allowed number of sends is under way, or because all sends have begun and some are still under way.
    case wait
    /// Nothing is under way, and nothing is left to begin.
    case done
  }

  /// The largest number of sends under way at the same time. This number of sends uses the whole bandwidth without filling the engine's
  /// memory.
  static let width = 50

  private let queue: [Int]
  private var next = 0
  private(set) var running = 0
  /// The hosts to which the release was sent again. A host occurs once for each retry.
  private var repeated: [Int] = []

  /// - Parameter hosts: the numbers of the hosts, in the order in which the release is sent to them.
  init(_ hosts: [Int] = []) { queue = hosts }

  /// Whether some sends have not begun.
  var isOpen: Bool { next < queue.count }

  /// Returns the next move.
  /// - Parameter mayBegin: whether the deployment is still allowed to begin anything new.
  mutating func next(mayBegin: Bool) -> Move {
    guard mayBegin, next < queue.count, running < Self.width else { return running == 0 ? .done : .wait }
    running += 1
    next += 1
    return .send(queue[next - 1])
  }

  /// Whether a failed send is repeated.
  /// - Parameters:
  ///   - most: the largest number of retries for one host.
  ///   - helps: whether a retry might help.
  mutating func retries(_ host: Int, upTo most: Int, _ helps: Bool) -> Bool {
    guard helps, repeated.count(where: { $0 == host }) < most else { return false }
    repeated.append(host)
    return true
  }

  /// Records that a send has ended.
  mutating func ended() { running -= 1 }
}
