import DeployModel

/// Hosts that a strategy restarts with the release that they run, so that they are as freshly started as the canary and can be compared
/// with it.
extension Rollout {
  /// Begins to restart hosts. A freeze does not prevent it, because nothing is deployed.
  mutating func beginRestart(_ hosts: [Int], parallel: Int?, for script: ScriptID) {
    var chosen: [Int] = []
    for host in hosts where statuses.indices.contains(host) && statuses[host] == .pending && !chosen.contains(host) { chosen.append(host) }
    wave = Wave(admission.arranged(chosen), parallel: parallel, isRestart: true, for: script)
    if !isPaused { announceWave() }
    admit()
  }

  /// Why these hosts cannot be restarted; nil: they can. Hosts that have ended are skipped, as by a wave.
  func restartRefusal(of hosts: [Int]) -> Failure? {
    let left = hosts.filter { statuses.indices.contains($0) && statuses[$0] == .pending }.map { plan.hosts[$0] }
    if let slot = left.first(where: { $0.host.slot != nil }) {
      return Failure(
        .invalid, "\(slot.host.name) is a slot, and slots are not restarted", fix: "restart hosts of a group without slots, or take other hosts")
    }
    guard let bare = left.first(where: { $0.still == nil }) else { return nil }
    return Failure(
      .invalid, "nothing that lander deployed runs on \(bare.host.name), so there is nothing to restart",
      fix: "restart only hosts that run a release")
  }
}

extension HostProgram {
  /// The steps that stop and start the host's release, by the hooks of the release's own recipe: BeforeBlockTraffic to ApplicationStop,
  /// then ApplicationStart to AfterAllowTraffic.
  /// - Parameter still: the host with the release that it runs as its target.
  static func restart(_ still: HostPlan, in plan: Plan) -> [HostStep] {
    let events = Segment.stop.events + Segment.start.events + Segment.validate.events + Segment.admit.events
    return events.flatMap { steps(of: $0, for: still, in: plan, staged: true) }
  }
}

extension HostPlan {
  /// The host with the release that it runs as its target; nil: the host runs no intact release of Lander.
  var still: HostPlan? {
    guard let running = previous?.release, running.id == current, damage == nil else { return nil }
    var still = self
    (still.target, still.arriving) = (running, leaving)
    return still
  }
}
