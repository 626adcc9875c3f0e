package import DeployCore
import DeployEngine
package import DeployModel

/// The locks on surveyed hosts, and the lock holders that are known to be dead.
package struct HeldLocks: Sendable {
  /// One lock on one host.
  package struct Held: Sendable {
    package var site: HostSite
    package var lock: Lock
    /// Whether the holder has run commands on the host and has not ended.
    var isAbandoned = false
    /// The parked deployment that holds the lock, or nil if the holder is not parked.
    package var parked: Parked?
    /// Whether it is the lock of the group's register, which is not the lock of the application on that host.
    package var isOfRegister = false
    /// The host's name, for messages.
    package var name: String { site.host.name + (isOfRegister ? " (the register)" : "") }
  }

  /// The locks: first those of the hosts, in order, and then those of the partners, in order.
  package internal(set) var all: [Held] = []
  /// The dead holders, one for each token, in the order in which they were found.
  package internal(set) var dead: [(token: String, holder: DeadHolder)] = []

  /// Refuses to remove the locks if a holder is alive.
  /// - Throws: a problem about the first living holder. The problem suggests a better command than removing the lock.
  package func refuseLiving() throws(Problems) {
    let living = all.first { held in held.lock.leaseLeft > 0 && !dead.contains { $0.token == held.lock.token } }
    guard let living else { return }
    if let parked = living.parked {
      let id = parked.deployment
      throw Problems(
        Problem(
          "\(parked.words.named(id)) of \(living.lock.owner) is parked there: it waits for gate \(parked.gate), \"\(parked.name)\"",
          subject: living.name,
          fix: "lander cancel \(id) \(parked.words.ending); --force takes the lock away and leaves hosts as they are"), exit: .locked)
    }
    throw Problems(
      Problem(
        "the holder, \(living.lock.owner), still lives: its lease ends in \(living.lock.leaseLeft) s", subject: living.name,
        fix:
          "lander cancel \(living.lock.deployment) on its machine ends it in good order; wait until the lease ends; or --force"),
      exit: .locked)
  }
}

extension Desk {
  /// Returns the locks on surveyed hosts, and on the partners that were surveyed with them.
  package func locks(on found: [Surveyed]) async throws -> HeldLocks {
    var locks = HeldLocks()
    for one in found {
      let (recipe, partners) = (one.selection.recipe, zip(one.selection.partners, one.partners))
      let places =
        one.named.map { host, survey in (host, host.place(recipe.placement.path), survey) }
        + partners.map { partner, survey in (partner.host, partner.path(below: survey.home), survey) }
      let register = one.selection.partners.first { $0.isOnlyRegister }?.host.number
      for case (let host, let path, .reached(let state)) in places {
        guard let lock = state.lock else { continue }
        let site = HostSite(
          host: host, deployment: lock.deployment, application: recipe.application, group: one.selection.group, path: path,
          fence: lock.fence, token: lock.token)
        let isTarget = host.number < one.selection.hosts.count
        let isAbandoned = if isTarget, state.isAbandoned { try await mayBeOut(host, of: lock) } else { false }
        locks.all.append(
          HeldLocks.Held(
            site: site, lock: lock, isAbandoned: isAbandoned, parked: state.parked, isOfRegister: !isTarget && host.number == register))
      }
    }
    for lock in locks.all.map(\.lock) where !locks.dead.contains(where: { $0.token == lock.token }) {
      if let holder = try await deadHolder(of: lock) { locks.dead.append((lock.token, holder)) }
    }
    return locks
  }

  /// Whether the application on a host might be stopped, or might get no traffic, because the holder of the host's lock was interrupted. If
  /// the holder is a task in this journal, the journal says whether the task takes hosts out of service, and whether this host is back in
  /// service. For any other holder, this is unknown and the result is true.
  private func mayBeOut(_ host: Host, of lock: Lock) async throws -> Bool {
    let entries = try await journal.entries(of: lock.deployment).entries
    guard case .planned(let plan)? = entries.first?.fact, plan.lock.token == lock.token, let task = plan.kind.task else { return true }
    guard task.around != nil, let number = plan.hosts.firstIndex(where: { $0.host.name.isExactly(host.name) }) else { return false }
    let status = entries.reversed().lazy.compactMap { entry -> HostStatus? in
      if case .noted(.host(number, let status)) = entry.fact { status } else { nil }
    }.first
    switch status {
    case nil, .pending, .succeeded, .restored, .untouched: return false
    default: return true
    }
  }

  /// Removes locks from hosts, no matter who holds them. During the removal, nobody can resume a dead deployment that holds one of the
  /// locks.
  /// - Parameter unlocked: called with each lock that was removed.
  /// - Throws: if a holder is being resumed right now. Otherwise, throws a problem for each host whose lock could not be removed.
  package func unlock(_ locks: HeldLocks, unlocked: (HeldLocks.Held) -> Void) async throws {
    var problems: [Problem] = []
    var claims: [any DeploymentClaim] = []
    defer { for claim in claims { claim.release() } }
    for deployment in Set(locks.dead.compactMap(\.holder.own)).sorted() {
      guard let claim = try journal.claim(deployment) else {
        throw Problems(
          Problem("deployment \(deployment) is being resumed just now", fix: "lander cancel \(deployment) ends it"), exit: .locked)
      }
      claims.append(claim)
    }
    for held in locks.all {
      let intent = Intent(
        id: 0, place: .host(held.site.host.number), operation: .unlock(token: held.lock.token, left: held.left), timeout: .minutes(1),
        site: Intent.Site())
      let outcome = await ports.transport.perform(intent, at: held.site, output: { _ in })
      if let failure = outcome.failure {
        problems.append(failure.problem(of: held.name))
      } else {
        unlocked(held)
      }
    }
    if !problems.isEmpty { throw Problems(problems, exit: .infrastructure) }
  }
}

extension Survey {
  /// The login user's home folder according to the host, or empty if the host did not answer.
  fileprivate var home: String { if case .reached(let state) = self { state.facts.home } else { "" } }
}

extension HeldLocks.Held {
  /// What the host has to record when the lock is removed, or nil if there is nothing to record. Before the removal, only the lock shows
  /// that the holder was interrupted.
  fileprivate var left: FailedRestore? {
    guard isAbandoned else { return nil }
    let message = "it was unlocked in the middle, and nobody knows whether its application runs"
    return FailedRestore(deployment: lock.deployment, message: message, commands: [], isWayBack: lock.isRollbackByHand ? true : nil)
  }
}
