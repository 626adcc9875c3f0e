package import DeployModel

extension Bounds {
  /// For the hosts of a selection, by its recipe's configuration and the batch of its strategy; a way back keeps the same.
  init(_ selection: Selection) throws(Problems) {
    let strategy = selection.recipe.flow.stages.lazy.compactMap { if case .rollout(let strategy) = $0 { strategy } else { nil } }.first
    try self.init(selection.configuration, strategy: strategy, hosts: selection.hosts.count, others: selection.others)
  }

  /// A configuration in numbers, shares being of the whole group. Default floor: 0 for one host or where all go at once, else the group
  /// minus a batch. Shares below 100% round so that one host can always move.
  /// - Parameter others: hosts of the group that this deployment leaves alone; they serve their part of the floor.
  /// - Throws: `Problems` if the floor lets no host move.
  package init(_ configuration: DeploymentConfiguration, strategy: Strategy?, hosts: Int, others: Int = 0) throws(Problems) {
    let group = hosts + others
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
    case nil: floor = strategy?.batch.map { max(0, group - max(1, $0.atMost(of: group))) } ?? 0
    }
    self.init(
      floor: max(0, floor - others), parallel: max(1, min(hosts, configuration.parallel?.atMost(of: group) ?? hosts)),
      failed: configuration.failed.atMost(of: hosts), unreachable: configuration.unreachable.atMost(of: hosts))
  }
}
