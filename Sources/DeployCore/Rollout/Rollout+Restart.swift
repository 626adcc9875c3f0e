import DeployModel

/// Restarts hosts with the release that they run. The hosts have then been started as recently as the canary, so an analysis can compare
/// them with it.
extension Rollout {
  /// Begins to restart hosts. Hosts whose part has ended are skipped, and so are hosts without an intact release. A freeze does not delay a
  /// restart, because it deploys nothing.
  mutating func beginRestart(_ hosts: [Int], parallel: Int?, for script: ScriptID) {
    var chosen: [Int] = []
    for host in hosts where statuses.indices.contains(host) && statuses[host] == .pending && !chosen.contains(host) { chosen.append(host) }
    let busy = hosts.filter { statuses.indices.contains($0) && statuses[$0] != .pending }.map { plan.hosts[$0].host.name }
    if !busy.isEmpty { note(.remark("not restarted, because this deployment has changed them already: \(busy.joined(separator: " "))")) }
    let bare = chosen.filter { plan.hosts[$0].still == nil }.map { plan.hosts[$0].host.name }
    if !bare.isEmpty {
      note(.remark("not restarted, because nothing whole runs there that lander deployed: \(bare.joined(separator: " "))"))
    }
    chosen.removeAll { plan.hosts[$0].still == nil }
    wave = Wave(admission.arranged(chosen), parallel: parallel, isRestart: true, for: script)
    if !isPaused { announceWave() }
    admit()
  }

  /// Returns why these hosts cannot be restarted, or nil if they can be.
  func restartRefusal(of hosts: [Int]) -> Failure? {
    hosts.lazy.filter(statuses.indices.contains).map { plan.hosts[$0].host }.first { $0.slot != nil }.map { slot in
      Failure(
        .invalid, "\(slot.name) is a slot, and slots are not restarted",
        fix: "compare hosts of a group without slots, or measure something that does not depend on the age of a process")
    }
  }
}

extension HostProgram {
  /// Returns the steps that stop and start the host's release with the hooks of that release's recipe: BeforeBlockTraffic to
  /// ApplicationStop, then ApplicationStart to AfterAllowTraffic.
  /// - Parameter still: the host's plan with the release that it already runs as its target.
  static func restart(_ still: HostPlan, in plan: Plan) -> [HostStep] {
    let events = Segment.stop.events + Segment.start.events + Segment.validate.events + Segment.admit.events
    return events.flatMap { steps(of: $0, for: still, in: plan, staged: true) }
  }
}

extension HostPlan {
  /// The host's plan with the release that it already runs as its target, or nil if it runs no intact release of Lander.
  var still: HostPlan? {
    guard let running = previous?.release, running.id == current, damage == nil else { return nil }
    var still = self
    (still.target, still.arriving) = (running, leaving)
    return still
  }
}
