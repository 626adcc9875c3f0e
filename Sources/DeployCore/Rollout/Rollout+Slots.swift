import DeployModel

/// Decides which slots of a machine are allowed to be stopped, and which are kept.
extension Rollout {
  /// Returns why a wave is not allowed to change these hosts, or nil if it is. A slot that gets traffic is never stopped, no matter what a
  /// strategy decides.
  func slotRefusal(of hosts: [Int]) -> Failure? {
    hosts.lazy.compactMap { number in isPooled(number) ? trafficRefusal(of: number) : nil }.first
  }

  /// Whether the host is a slot that belongs to the traffic's pools and that a wave would stop.
  func isPooled(_ number: Int) -> Bool {
    guard let adapter = plan.adapter, plan.hosts.indices.contains(number), let slot = plan.hosts[number].host.slot else { return false }
    // A task that only runs a function stops nothing.
    if let task = plan.kind.task, task.around == nil { return false }
    if case .ready = statuses[number], readsAnew { return false }
    return plan.hosts[number].serves && !statuses[number].isFinal && adapter.pools.contains { $0.isExactly(slot) }
  }

  func trafficRefusal(of number: Int) -> Failure? {
    let host = plan.hosts[number].host
    guard let slot = host.slot else { return nil }
    guard let weights = traffic.current else {
      return Failure(
        .invalid, "\(host.name) may have traffic, and nobody asked which slot has it",
        fix: "call rollout:weights() before the first wave, as blue_green does")
    }
    let percent = weights.percent(of: slot)
    guard percent > 0 else { return nil }
    return Failure(
      .invalid, "\(host.name) gets \(percent) % of the traffic, and a slot that has some is not stopped",
      fix: "move it away first, with rollout:shift, or take the other slot")
  }

  /// Returns why traffic must not be shifted to these weights: a slot without the release would get more traffic than it has now. Returns
  /// nil if the shift is allowed. In a rollback, a slot of an unreachable machine does not prevent the shift, because the slot still has
  /// its old release.
  func shiftRefusal(to weights: Weights) -> Failure? {
    guard readsAnew else { return nil }
    let now = traffic.current
    let missed = statuses.indices.first { number in
      guard let slot = plan.hosts[number].host.slot, hasMissedRelease(number) else { return false }
      return weights.percent(of: slot) > (now?.percent(of: slot) ?? 0)
    }
    return missed.map { number in
      let host = plan.hosts[number].host
      let share = weights.percent(of: host.slot ?? "")
      return Failure(
        .failed, "\(host.name) did not get the release, and would get \(share) % of the traffic of its machine",
        fix: "bring \(host.machine) back first (lander status), then deploy again")
    }
  }

  private func hasMissedRelease(_ number: Int) -> Bool {
    switch statuses[number] {
    case .leftOut: plan.flow.undoes == nil
    case .restored, .untouched, .restoreFailed, .failed, .unknown: true
    case .pending, .changing, .ready, .restoring, .succeeded, .unchanged, .kept: false
    }
  }

  /// Returns why a stage must not run a command in a host's release folder: the host does not have the release yet. Slots get it in the
  /// rollout, and other hosts in the upload. Returns nil if the command is allowed to run.
  func releaseRefusal(of number: Int, _ operation: DeployModel.Operation, for script: ScriptID) -> Failure? {
    guard case .run(let command) = operation, command.directory == nil else { return nil }
    // Partners have no release.
    guard statuses.indices.contains(number) else { return nil }
    switch (tree.owner(of: script), statuses[number]) {
    case (.stage, .pending), (.stage, .kept), (.condition, .pending), (.condition, .kept): break
    default: return nil
    }
    let host = plan.hosts[number].host
    guard host.slot != nil else {
      guard plan.kind == .deploy, plan.flow.rules?.missesReleases == true, plan.content.bundle != nil, !plan.hosts[number].present,
        !staged[number]
      else { return nil }
      return Failure(
        .missing, "\(host.name) does not have the release yet, and the command would run in its folder",
        fix: "let stage.upload come before this stage, or give the command a directory: { cwd = \"/\" }")
    }
    guard reliesOnTraffic else { return nil }
    return Failure(
      .missing, "\(host.name) does not have the release: with slots it is sent in the rollout, to the slots that it takes",
      fix: "run it in a hook, or in a stage after stage.rollout on a slot that got the release")
  }

  /// The slots that kept their release and now get more traffic than before, or to which the group goes back.
  var slotsThatTookOver: [Int] {
    let hosts = plan.hosts.map(\.host)
    return statuses.indices.filter { number in
      guard statuses[number] == .unchanged, let slot = hosts[number].slot else { return false }
      if let now = traffic.current, let before = traffic.original { return now.percent(of: slot) > before.percent(of: slot) }
      let others = hosts.indices.filter { $0 != number && hosts[$0].machine.isExactly(hosts[number].machine) }
      return plan.flow.undoes != nil && !others.contains { statuses[$0] == .succeeded || statuses[$0] == .unchanged }
    }
  }

  /// Whether a slot gets, or might get, traffic that could not be shifted back. Such a slot is not stopped, because it might be the only
  /// slot that serves.
  func mayHaveStrayTraffic(_ number: Int) -> Bool {
    guard traffic.stray != nil, let slot = plan.hosts[number].host.slot else { return false }
    return traffic.isUncertain || (traffic.current?.percent(of: slot) ?? 1) > 0
  }

  /// After a strategy has ended, gives the status *kept* to each slot that was not changed, if another slot of its machine has the release.
  mutating func keepSlots() {
    let hosts = plan.hosts.map(\.host)
    var rest = Slots.byMachine(hosts)[...]
    while let first = rest.first {
      let machine = rest.prefix { hosts[$0].machine.isExactly(hosts[first].machine) }
      rest = rest.dropFirst(machine.count)
      guard machine.contains(where: { statuses[$0] == .succeeded || statuses[$0] == .unchanged }) else { continue }
      for number in machine where statuses[number] == .pending { set(number, .kept) }
    }
  }
}
