import DeployModel

/// Freeze windows: no wave begins while a freeze is in force. Hosts that are being changed complete their part, and a rollback is not
/// delayed.
extension Rollout {
  /// Starts to watch the freezes, at the start of a deployment.
  mutating func watchFreeze() {
    guard plan.kind == .deploy, let rule = plan.flow.freeze else { return }
    guard let reason = rule.override else {
      freeze = FreezeState(rule.times, at: plan.origin.at)
      return ringFreeze()
    }
    guard let held = rule.times.first(where: { $0.holds(plan.origin.at) }) else { return }
    note(.remark("the freeze \"\(held.name)\", until \(held.end), is set aside by \(plan.origin.actor): \(reason)"))
  }

  private mutating func ringFreeze() {
    if let after = freeze.change() { _ = outbox.ring(.freeze, after: after) }
  }

  /// Records that a freeze begins or ends.
  mutating func freezeTurned() {
    let before = freeze.current
    freeze.turned()
    ringFreeze()
    if let now = freeze.current {
      note(.remark("the freeze \"\(now.name)\" begins: no further wave begins before \(now.end)"))
    } else if before != nil, isHeldByFreeze {
      close(GateAnswer(.pass, comment: "the freeze is over"))
    }
  }

  /// Whether a wave waits for the end of a freeze.
  var isHeldByFreeze: Bool { gate != nil && gate?.script == nil }

  /// Delays the wave that the strategy asked for, if a freeze is in force.
  /// - Returns: whether the wave is delayed.
  mutating func holdsWave() -> Bool {
    guard let held = freeze.current, lapse != .freezeIgnored else { return false }
    let asked = Gate(
      .time, name: "freeze",
      message: "the freeze \"\(held.name)\" lasts until \(held.end); lander promote with --comment lets the wave begin before",
      time: held.until - held.from)
    gates.append(asked.name)
    note(.gateOpened(number: gates.count, asked))
    gate = OpenGate(number: gates.count, gate: asked, script: nil)
    return true
  }

  /// Begins the wave that a freeze had delayed, after its gate was closed.
  mutating func beginHeldWave() {
    freeze.lift()
    doubtTraffic()
    if !isPaused { announceWave() }
    admit()
  }
}
