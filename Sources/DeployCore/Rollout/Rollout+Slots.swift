import DeployModel

/// Slots: which of a machine's instances may be stopped, and which keep what they have.
extension Rollout {
  /// Why a wave may not take these hosts: an instance that has traffic is not stopped, whatever a strategy says. nil: it may.
  func slotRefusal(of hosts: [Int]) -> Failure? {
    guard let adapter = plan.adapter else { return nil }
    for number in hosts where plan.hosts.indices.contains(number) && plan.hosts[number].serves && !statuses[number].isFinal {
      let host = plan.hosts[number].host
      guard let slot = host.slot, adapter.pools.contains(where: { $0.isExactly(slot) }) else { continue }
      guard let weights = traffic.current else {
        return Failure(
          .invalid, "\(host.name) may have traffic, and nobody asked which slot has it",
          fix: "call rollout:weights() before the first wave, as blue_green does")
      }
      guard let share = weights.shares.first(where: { $0.pool.isExactly(slot) }), share.percent > 0 else { continue }
      return Failure(
        .invalid, "\(host.name) gets \(share.percent) % of the traffic, and a slot that has some is not stopped",
        fix: "move it away first, with rollout:shift, or take the other slot")
    }
    return nil
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
