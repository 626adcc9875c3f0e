import DeployModel

extension Bounds {
  /// The bounds for a requested rollback. The hosts leave a bad release, so their failures say nothing about a new release, and only the
  /// budgets count. Under CodeDeploy's rule, all hosts except those that must stay healthy are allowed to fail.
  var forWayBack: Bounds {
    var back = self
    (back.base, back.failedInWave) = (nil, nil)
    back.neighbours = neighbours?.map(\.forWayBack)
    if let healthy {
      back.healthy = nil
      (back.failed, back.unreachable) = (max(0, failed - healthy), max(0, unreachable - healthy))
    }
    return back
  }

  /// Returns the bounds if they allow at least one host of the plan to change. If necessary, a default floor is lowered by one host. A
  /// floor that the configuration states is not lowered.
  /// - Throws: `Problems` with the numbers if the floor needs every host that serves and no other host is brought into service first. Under
  ///   CodeDeploy's rule, it also throws if fewer hosts than the minimum can become healthy.
  func letting(
    _ hosts: [HostPlan], move configuration: DeploymentConfiguration, beside others: Bystanders? = nil
  ) throws(Problems) -> Bounds {
    if let healthy { try refuse(healthy, of: hosts, configuration) }
    let deadlocks = (neighbours ?? []).compactMap { $0.deadlock(hosts) }
    if !deadlocks.isEmpty {
      let fix = "bring the other hosts back first (lander status names them)"
      throw Problems(deadlocks.map { Problem($0, place: configuration.place, fix: fix) }, exit: .refused)
    }
    let serving = hosts.count { host in
      if case .leftOut = host.action { false } else { host.serves }
    }
    let moving = hosts.filter { $0.action == .change }
    let isStuck = moving.contains(where: \.serves) && floor >= serving && !moving.contains { !$0.serves && $0.willServe }
    guard isStuck else { return self }
    guard configuration.floor != nil else {
      var lower = self
      lower.floor = serving - 1
      return lower
    }
    throw Problems(
      [
        Problem(
          Bounds.stuck(serving, of: hosts.count, floor, others),
          place: configuration.place,
          fix: "bring the other hosts back first (lander status names them), or set the floor to \(serving - 1)")
      ], exit: .refused)
  }

  private static func stuck(_ serving: Int, of count: Int, _ floor: Int, _ others: Bystanders?) -> String {
    let those = "\(serving) of \(count) \(count == 1 ? "host serves" : "hosts serve") now and the floor is \(floor) of these"
    let rest = others.map { $0.serving < $0.count ? ", because \($0.serving) of the \($0.count) other hosts of the group serve" : "" }
    return those + (rest ?? "") + ": none may be taken out of service"
  }

  private func refuse(_ healthy: Int, of hosts: [HostPlan], _ configuration: DeploymentConfiguration) throws(Problems) {
    let most = hosts.count { $0.isHealthy || $0.action == .change }
    guard most <= healthy, hosts.contains(where: { $0.isHealthy && $0.action == .change }) else { return }
    throw Problems(
      [
        Problem(
          "\(most) of \(hosts.count) hosts can be healthy and \(healthy) have to stay so: none of the healthy ones may be deployed to",
          place: configuration.place, fix: "bring the other hosts back first (lander status names them), or lower minimum_healthy")
      ], exit: .refused)
  }
}
