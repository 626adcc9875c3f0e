import DeployModel

/// Acquires the locks of all hosts or of none, and releases them. All engines sort the hosts in the same order, and the first host decides
/// between two deployments that want the same hosts. The other hosts are asked afterwards, all at the same time.
struct Locking: Sendable, Hashable {
  /// The next action.
  enum Move: Sendable, Hashable {
    /// Wait for answers.
    case wait
    /// Ask these hosts for their locks.
    case ask([Int])
    /// Release the locks that are held, because the deployment cannot start.
    /// - Parameter holder: the lock of another deployment that is the cause, or nil if the cause is something else.
    case giveUp(Failure, holder: Lock?)
    /// All locks are held.
    case held
  }

  /// The numbers of the targets, sorted by name, followed by the numbers of the partners.
  private let order: [Int]
  private(set) var held: [Int] = []
  private var waiting = 0
  private var asked = 0
  private var problem: Failure?
  private var holder: Lock?

  /// - Parameters:
  ///   - hosts: numbers and names of the targets, in any order.
  ///   - partners: numbers of hosts that never come first, because another engine with the same targets might have other partners.
  init(_ hosts: [(number: Int, name: String)], then partners: [Int] = []) {
    order = hosts.sorted { ($0.name, $0.number) < ($1.name, $1.number) }.map(\.number) + partners
  }

  /// The host that decides between deployments and keeps their queue, or nil if the deployment locks no host.
  var first: Int? { order.first }

  /// Records that a host granted its lock.
  mutating func took(_ host: Int) {
    waiting -= 1
    held.append(host)
  }

  /// Records that a host did not grant its lock and that the deployment continues without this host.
  mutating func leftOut() { waiting -= 1 }

  /// Records that a host did not grant its lock, so that the deployment cannot start.
  mutating func refused(_ failure: Failure, holder: Lock? = nil) {
    waiting -= 1
    object(failure, holder: holder)
  }

  /// Records why the deployment cannot start. Only the first reason is kept.
  mutating func object(_ failure: Failure, holder: Lock? = nil) {
    guard problem == nil else { return }
    problem = failure
    self.holder = holder
  }

  /// Returns the next move.
  /// - Parameter isCancelled: whether somebody has cancelled the deployment.
  mutating func next(isCancelled: Bool = false) -> Move {
    guard waiting == 0 else { return .wait }
    if isCancelled { object(Failure(.cancelled, "cancelled before anything was changed")) }
    if let problem { return .giveUp(problem, holder: holder) }
    let hosts = asked == 0 ? order.prefix(1) : order.dropFirst(asked)
    guard !hosts.isEmpty else { return .held }
    asked += hosts.count
    waiting = hosts.count
    return .ask(Array(hosts))
  }

  // MARK: giving back

  /// Records that a host was asked to release its lock.
  mutating func givesBack() { waiting += 1 }

  /// Records that a host answered the request to release its lock.
  mutating func gaveBack() { waiting -= 1 }

  /// Whether all hosts have answered.
  var isDone: Bool { waiting == 0 }
}
