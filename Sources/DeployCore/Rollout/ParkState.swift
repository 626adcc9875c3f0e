import DeployModel

/// The state of a deployment that parks, is parked, or is being resumed from that. Until an engine has all hosts again, nothing else
/// happens.
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
  /// Numbers of hosts whose locks are held; the one that decides comes first.
  let hosts: [Int]
  var step = Step.leaving
  /// Number of answers that are awaited.
  var awaited = 0
  /// Why the first host that failed to keep its lock did not keep it.
  var problem: Failure?
  /// Hosts that keep their locks.
  var kept: [Int] = []
  /// The request to hosts by the engine that resumes; nil: nobody resumes yet.
  var request: UnparkRequest?
  /// What happened meanwhile, in order. It is heard once an engine has all hosts again.
  var held: [Happening] = []
}
