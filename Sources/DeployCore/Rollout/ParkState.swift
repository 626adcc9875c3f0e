import DeployModel

/// The state of a deployment that is being parked, is parked, or is being resumed after parking. Nothing else happens until an engine has
/// the locks of all hosts again.
struct ParkState: Sendable, Hashable {
  enum Step: Sendable, Hashable {
    /// Hosts are asked to keep their locks.
    case leaving
    /// Hosts keep their locks, and the engine can exit.
    case parked
    /// The host that decides between engines is asked.
    case asking
    case returning
  }

  let parking: Parking
  /// The number of times that the deployment has been parked, including this time: 1, 2, 3 …
  let round: Int
  /// The numbers of the hosts whose locks the deployment holds. The host that decides between engines comes first.
  let hosts: [Int]
  var step = Step.leaving
  /// The number of answers that have not arrived.
  var awaited = 0
  /// Why the first host failed to keep its lock, or nil if all hosts have kept theirs so far.
  var problem: Failure?
  /// The hosts that keep their locks.
  var kept: [Int] = []
  /// The request of the engine that resumes, or nil if no engine resumes yet.
  var request: UnparkRequest?
  /// The events that arrived in the meantime, in order. The core gets them once an engine has the locks of all hosts again.
  var held: [Happening] = []
}
