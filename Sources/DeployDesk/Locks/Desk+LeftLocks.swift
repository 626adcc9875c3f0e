import DeployCore
package import DeployModel

extension Desk {
  /// Returns the holder of a lock if the holder is known to be dead. Returns nil if the holder might still be alive.
  package func deadHolder(of lock: Lock) async throws -> DeadHolder? {
    // If a rollback was interrupted before it took the lock over, the lock still belongs to the failed deployment, although that deployment
    // has ended.
    if let pair = DeploymentPair.all(try await past.deployments()).first(where: { $0.members.contains { $0.id == lock.deployment } }) {
      // The lock must have the plan's token. The kernel releases a claim when its process ends, so a free claim shows that no engine is
      // running.
      guard case .planned(let plan)? = try await journal.entries(of: lock.deployment).entries.first?.fact, plan.lock.token == lock.token,
        let claim = try journal.claim(lock.deployment)
      else { return nil }
      claim.release()
      let last = pair.back ?? pair.first
      switch pair.state {
      // A parked deployment needs no engine.
      case .interrupted where last.parked != nil: return nil
      case .interrupted: return lock.owner.hasSuffix("@" + machine) ? .interrupted(last) : nil
      case .concluded, .superseded: return .ended(pair.members.first { $0.id == lock.deployment } ?? last)
      case .running, .damaged: return nil
      }
    }
    return engines.isGone(lock.process) == true ? .gone(lock) : nil
  }

  /// Returns one value for each host, by its number. The value is the token of the host's lock if the lock can be taken over because its
  /// holder is known to be dead. Otherwise, it is nil. The deployment reports the takeover when it begins.
  /// - Parameters:
  ///   - surveys: the survey of each host, by its number.
  ///   - application: the application whose locks can be taken over. If a lock belongs to another application, the deployment is refused
  ///     later.
  ///   - typed: the options that describe a project without a `deploy.lua`, or nil if it has one.
  /// - Throws: if a host is locked by a deployment that can be resumed. That deployment has to be resumed first.
  func leftLocks(_ surveys: [Survey], of application: String, typed: String?) async throws -> [String?] {
    var known: [(token: String, holder: DeadHolder?)] = []
    var left: [String?] = surveys.map { _ in nil }
    var problems: [Problem] = []
    for (number, survey) in surveys.enumerated() {
      guard case .reached(let state) = survey, let lock = state.lock, !lock.isForeign(to: application) else { continue }
      let isNew = !known.contains { $0.token == lock.token }
      if isNew { known.append((lock.token, try await deadHolder(of: lock))) }
      guard let holder = known.first(where: { $0.token == lock.token })?.holder else { continue }
      switch holder {
      case .interrupted(let dead):
        guard isNew else { continue }
        let place = typed.map { " \($0)" } ?? GroupName(dead.group).argument(of: dead.recipe)
        problems.append(
          Problem(holder.clause, fix: "\(dead.wayOn)\nlander unlock\(place) gives the lock back and leaves the hosts as they are"))
      case .ended, .gone:
        left[number] = lock.token
        leftOver.remember(lock.token, (holder.clause + "; taking it over").sentenced)
      }
    }
    if !problems.isEmpty { throw Problems(problems, exit: .locked) }
    return left
  }
}
