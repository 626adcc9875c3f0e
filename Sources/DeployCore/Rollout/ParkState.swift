import DeployModel

/// Where a deployment stands that parks, is parked, or is being gone on with. Until an engine has all hosts again, nothing else happens.
struct ParkState: Sendable, Hashable {
  enum Step: Sendable, Hashable {
    /// Hosts are asked to keep their locks.
    case leaving
    /// Hosts keep their locks: the engine may go.
    case parked
    /// The host that decides between engines is asked, and then the others.
    case asking
    case returning
  }

  let parking: Parking
  /// 1, 2, 3 … within the deployment.
  let round: Int
  /// Hosts whose locks are held, the one that decides first.
  let hosts: [Int]
  var step = Step.leaving
  /// Number of answers that are awaited.
  var awaited = 0
  /// Why the first host that could not keep its lock did not.
  var problem: Failure?
  /// Hosts that keep their locks.
  var kept: [Int] = []
  /// What hosts are asked by who goes on; nil: nobody does yet.
  var request: UnparkRequest?
  /// What happened meanwhile, in order. It is heard when an engine has all hosts again.
  var held: [Happening] = []
}
