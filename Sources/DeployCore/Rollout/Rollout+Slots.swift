import DeployModel

/// Slots: which of a machine's instances may be stopped, and which keep what they have.
extension Rollout {
  /// Why a wave may not take these hosts: an instance that has traffic is not stopped, whatever a strategy says. nil: it may.
  func slotRefusal(of hosts: [Int]) -> Failure? {
    guard let adapter = plan.adapter else { return nil }
    // A task that only runs something stops nothing.
    if let task = plan.kind.task, task.around == nil { return nil }
    for number in hosts where plan.hosts.indices.contains(number) && plan.hosts[number].serves && !statuses[number].isFinal {
      let host = plan.hosts[number].host
      guard let slot = host.slot, adapter.pools.contains(where: { $0.isExactly(slot) }) else { continue }
      guard let weights = traffic.current else {
        return Failure(
          .invalid, "\(host.name) may have traffic, and nobody asked which slot has it",
          fix: "call rollout:weights() before the first wave, as blue_green does")
      }
      let percent = weights.percent(of: slot)
      guard percent > 0 else { continue }
      return Failure(
        .invalid, "\(host.name) gets \(percent) % of the traffic, and a slot that has some is not stopped",
        fix: "move it away first, with rollout:shift, or take the other slot")
    }
    return nil
  }

  /// Slots that were left as they were and have more of the traffic now than before, or are what the group goes back to.
  var slotsThatTookOver: [Int] {
    let hosts = plan.hosts.map(\.host)
    return statuses.indices.filter { number in
      guard statuses[number] == .unchanged, let slot = hosts[number].slot else { return false }
      if let now = traffic.current, let before = traffic.original { return now.percent(of: slot) > before.percent(of: slot) }
      let others = hosts.indices.filter { $0 != number && hosts[$0].machine.isExactly(hosts[number].machine) }
      return plan.flow.undoes != nil && !others.contains { statuses[$0] == .succeeded || statuses[$0] == .unchanged }
    }
  }

  /// Whether a slot gets, or may get, traffic that could not be put back: it is not stopped, as nobody knows what else would answer.
  func mayHaveStrayTraffic(_ number: Int) -> Bool {
    guard traffic.stray != nil, let slot = plan.hosts[number].host.slot else { return false }
    return traffic.isUncertain || (traffic.current?.percent(of: slot) ?? 1) > 0
  }

  /// A strategy is done: a slot that it left alone keeps what it has, if another slot of its machine has the release.
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
