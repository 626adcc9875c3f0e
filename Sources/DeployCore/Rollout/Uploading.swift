/// The upload stage: releases that are sent before any host is changed.
struct Uploading: Sendable, Hashable {
  /// What to do next.
  enum Move: Sendable, Hashable {
    case send(Int)
    /// The allowed number of sends is under way, or only the last sends are left.
    case wait
    /// Nothing is under way, and nothing is left to begin.
    case done
  }

  /// The most sends under way at once: enough to fill a connection, few enough not to fill the engine's memory.
  static let width = 50

  private let queue: [Int]
  private var next = 0
  private(set) var running = 0
  /// Hosts to which the release was sent again.
  private var repeated: [Int] = []

  /// - Parameter hosts: the numbers of the hosts, in the order of sending.
  init(_ hosts: [Int] = []) { queue = hosts }

  /// Whether some sends have not begun yet.
  var isOpen: Bool { next < queue.count }

  /// - Parameter mayBegin: whether the deployment still starts anything new.
  mutating func next(mayBegin: Bool) -> Move {
    guard mayBegin, next < queue.count, running < Self.width else { return running == 0 ? .done : .wait }
    running += 1
    next += 1
    return .send(queue[next - 1])
  }

  /// Whether a failed send is retried.
  /// - Parameters:
  ///   - most: the limit of retries for one host.
  ///   - helps: whether a retry may help.
  mutating func retries(_ host: Int, upTo most: Int, _ helps: Bool) -> Bool {
    guard helps, repeated.count(where: { $0 == host }) < most else { return false }
    repeated.append(host)
    return true
  }

  /// A send has ended.
  mutating func ended() { running -= 1 }
}
