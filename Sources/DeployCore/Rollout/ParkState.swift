import DeployModel

/// The state of a deployment that is being parked, is parked, or is being resumed from that. Until an engine has all hosts again, nothing
/// else happens.
struct ParkState: Sendable, Hashable {
  enum Step: Sendable, Hashable {
    /// Hosts are asked to keep their locks.
    case leaving
    /// Hosts keep their locks; the engine may leave.
    case parked
    /// The host that decides between engines is asked, and then the other hosts.
    case asking
    case returning
  }

  let parking: Parking
  /// The number of this parking within the deployment: 1, 2, 3 …
  let round: Int
  /// Numbers of hosts whose locks are held; the host that decides comes first.
  let hosts: [Int]
  var step = Step.leaving
  /// Number of awaited answers.
  var awaited = 0
  /// Why the first host that failed to keep its lock did not keep it.
  var problem: Failure?
  /// Hosts that keep their locks.
  var kept: [Int] = []
  /// The request of the engine that resumes; nil: no engine resumes yet.
  var request: UnparkRequest?
  /// The events of the meantime, in order. The core gets them once an engine has all hosts again.
  var held: [Happening] = []
}
