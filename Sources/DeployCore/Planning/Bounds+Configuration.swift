package import DeployModel

extension Bounds {
  /// Computes the bounds for a selection's hosts from the recipe's configuration and strategy.
  /// - Parameters:
  ///   - away: the number of unreachable hosts in the selection. The default floor does not include them.
  ///   - others: the hosts of the group that the deployment leaves alone, or nil if these hosts were not surveyed and therefore all count
  ///     as serving.
  ///   - usual: the strategy that determines the default floor, or nil if the recipe's own strategy determines it.
  init(
    _ selection: Selection, away: Int = 0, waves: KnownWaves = .unknown, others: Bystanders? = nil, instead usual: Strategy? = nil
  ) throws(Problems) {
    try self.init(
      selection.configuration, strategy: usual ?? selection.recipe.strategy, hosts: selection.hosts.count,
      bystanders: others ?? Bystanders(unasked: selection.others), away: away, waves: waves)
    neighbours = try Neighbours.rules(selection.configuration, for: selection)
  }

  /// Resolves a configuration to numbers of hosts. Shares refer to the whole group. A share below 100 % is rounded so that one host can
  /// always change.
  /// - Parameters:
  ///   - bystanders: the hosts of the group that the deployment leaves alone. Those that serve count towards the floor.
  ///   - away: the number of unreachable hosts. `hosts` includes them.
  ///   - waves: what is known about the waves. This is used only if the configuration has no floor and the strategy has no batch.
  /// - Throws: `Problems` if no host is allowed to change because of the floor or the minimum of healthy hosts.
  package init(
    _ configuration: DeploymentConfiguration, strategy: Strategy?, hosts: Int, bystanders: Bystanders = Bystanders(unasked: 0),
    away: Int = 0, waves: KnownWaves = .unknown
  ) throws(Problems) {
    let (others, serving) = (bystanders.count, bystanders.serving)
    let group = hosts + others
    let parallel = max(1, min(hosts, configuration.parallel?.atMost(of: group) ?? hosts))
    if let minimum = configuration.healthy {
      let healthy = max(0, try Bounds.minimum(minimum, of: group, configuration) - serving)
      self.init(floor: healthy, parallel: parallel, failed: hosts, unreachable: hosts, healthy: healthy, retries: Bounds.retries)
      return
    }
    let floor: Int
    switch configuration.floor {
    case .count(let count)? where count >= group && count > 0:
      throw Problems(
        Problem(
          "floor = \(count) lets none of \(group) \(group == 1 ? "host" : "hosts") move", place: configuration.place,
          fix: "set it to \(max(0, group - 1)) or less"))
    case .percent(100...)? where group > 0:
      throw Problems(
        Problem(
          "floor = \"100%\" lets no host move", place: configuration.place,
          fix: group == 1 ? "leave it out: the group has one host" : "write floor = \(group - 1) to take one host at a time"))
    case let amount?: floor = min(amount.atLeast(of: group), max(0, group - 1))
    case nil: floor = Bounds.standardFloor(strategy, group: group, others: others, away: away, waves)
    }
    self.init(
      floor: max(0, floor - serving), parallel: parallel, failed: configuration.failed.atMost(of: hosts),
      unreachable: configuration.unreachable.atMost(of: hosts), failedInWave: configuration.failedInWave?.atMost(of: hosts),
      base: (configuration.base ?? Bounds.base) / 100, retries: Bounds.retries)
  }

  /// The share of hosts, in per cent, that is expected to fail with any release, if the configuration does not state a share.
  private static let base = 1.0
  /// The number of times that the engine retries a failed step of its own.
  private static let retries = 1

  private static func minimum(
    _ minimum: MinimumHealthy, of group: Int, _ configuration: DeploymentConfiguration
  ) throws(Problems) -> Int {
    let count = minimum.of(group)
    guard count >= group, group > 0 else { return count }
    let hosts = "\(group) \(group == 1 ? "host" : "hosts")"
    let asked =
      if case .amount(.percent(let share)) = minimum {
        "\(share == share.rounded() ? "\(Int(bounded: share))" : "\(share)")% of "
      } else { "" }
    throw Problems(
      Problem(
        asked.isEmpty
          ? "\(count) of \(hosts) are to stay healthy, so none may be deployed to"
          : "\(asked)\(hosts) are \(count): all of them are to stay healthy, so none may be deployed to",
        place: configuration.place, fix: "set minimum_healthy to \(group - 1) or less"))
  }

  /// Returns the default floor of the whole group: the number of hosts that the largest wave leaves in service. Without a strategy, all
  /// hosts change at the same time, so the floor is 0. If the strategy's waves are unknown, the floor is all hosts except one.
  private static func standardFloor(_ strategy: Strategy?, group: Int, others: Int, away: Int, _ waves: KnownWaves) -> Int {
    guard let strategy else { return 0 }
    if let batch = strategy.batch { return max(0, group - away - max(1, batch.atMost(of: group))) }
    return switch waves {
    case .unknown: max(0, group - away - 1)
    case .rehearsing: 0
    case .seen(let lowest): others + max(0, lowest)
    }
  }
}

extension Recipe {
  /// The strategy of the recipe's rollout, or nil if all hosts change in one wave.
  package var strategy: Strategy? {
    flow.stages.lazy.compactMap { if case .rollout(let strategy) = $0 { strategy } else { nil } }.first
  }
  /// Whether the default floor depends on the waves that a rehearsal of the strategy shows.
  package var needsSeenWaves: Bool {
    guard let strategy else { return false }
    return strategy.batch == nil && configuration?.floor == nil
  }
}
