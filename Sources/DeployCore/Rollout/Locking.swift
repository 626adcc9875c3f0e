import DeployModel

/// Takes the hosts' locks, all or none, and gives them back. The first host, in an order that all engines share, decides between two
/// deployments that want the same hosts. The other hosts are asked after it, all at once.
struct Locking: Sendable, Hashable {
  /// What to do next.
  enum Move: Sendable, Hashable {
    /// Answers are still awaited.
    case wait
    /// Asks these hosts for their locks.
    case ask([Int])
    /// Gives back the held locks.
    /// - Parameter holder: who has the lock; nil: the cause is something else.
    case giveUp(Failure, holder: Lock?)
    /// All locks are held.
    case held
  }

  /// Numbers of targets in the order of their names, then numbers of partners.
  private let order: [Int]
  private(set) var held: [Int] = []
  private var waiting = 0
  private var asked = 0
  private var problem: Failure?
  private var holder: Lock?

  /// - Parameters:
  ///   - hosts: numbers and names, in any order.
  ///   - partners: numbers of hosts that do not decide, because not every engine that wants the same targets knows them.
  init(_ hosts: [(number: Int, name: String)], then partners: [Int] = []) {
    order = hosts.sorted { ($0.name, $0.number) < ($1.name, $1.number) }.map(\.number) + partners
  }

  /// The host that decides between deployments that want the same hosts, and that keeps their line; nil: the deployment locks no host.
  var first: Int? { order.first }

  /// A host gave its lock.
  mutating func took(_ host: Int) {
    waiting -= 1
    held.append(host)
  }

  /// A host gave no lock, and the deployment continues without the host.
  mutating func leftOut() { waiting -= 1 }

  /// A host gave no lock, and so the deployment cannot start.
  mutating func refused(_ failure: Failure, holder: Lock? = nil) {
    waiting -= 1
    object(failure, holder: holder)
  }

  /// The deployment cannot start. The first reason is kept.
  mutating func object(_ failure: Failure, holder: Lock? = nil) {
    guard problem == nil else { return }
    problem = failure
    self.holder = holder
  }

  /// - Parameter isCancelled: whether somebody wants the deployment to end.
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

  /// A host is asked to give its lock back, and its answer is awaited.
  mutating func givesBack() { waiting += 1 }

  /// A host answered that request.
  mutating func gaveBack() { waiting -= 1 }

  /// Whether no answer is awaited.
  var isDone: Bool { waiting == 0 }
}
