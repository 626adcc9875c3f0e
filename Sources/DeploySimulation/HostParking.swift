import DeployCore
import DeployModel

/// A parked deployment on a host. The host keeps the deployment's lock, and gives the lock to one of the engines that want to resume the
/// deployment.
extension SimulatedHost {
  mutating func park(_ request: ParkRequest, _ job: SimulatedJob, at now: Timestamp) -> Outcome {
    guard lock?.lock.token == job.token else { return .failed(.fenced, "\(name) has no lock of \(job.deployment)") }
    lock?.parked = request.parked
    lock?.taken = nil
    lock?.journal = nil
    lock?.lease = min(request.lease, Parked.handover)
    lock?.renewed = now
    return .done()
  }

  mutating func entrust(_ parked: Parked, _ bytes: [UInt8]?, for site: HostSite, at now: Timestamp) throws(Failure) {
    guard let held = lock, held.lock.token == site.token, held.parked?.round == parked.round else {
      throw Failure(.invalid, "\(site.deployment) is not parked on \(name)")
    }
    lock?.parked = parked
    lock?.lease = parked.lease
    lock?.renewed = now
    if let bytes { lock?.journal = bytes }
  }

  mutating func unpark(_ request: UnparkRequest, _ job: SimulatedJob, at now: Timestamp) -> Outcome {
    guard let held = lock, held.lock.token == job.token else {
      return .failed(.fenced, "\(name) has no lock of \(job.deployment)")
    }
    // A host that does not know about this round yet still has the record of an earlier round.
    if defect != .parkedForEveryone, let taken = held.taken, taken.round >= request.round, taken.claim != request.claim {
      return .failed(.fenced, "\(taken.by) resumed \(job.deployment)", fix: "lander status")
    }
    if let parked = held.parked, parked.round > request.round {
      return .failed(.fenced, "\(job.deployment) was parked again since, and this journal of it is older", fix: "lander status")
    }
    lock?.parked = nil
    lock?.journal = nil
    lock?.taken = request
    lock?.lease = request.lease
    lock?.renewed = now
    return .done()
  }
}
