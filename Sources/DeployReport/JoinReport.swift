package import DeployModel

/// That hosts which were to join a group have its last good revision already.
package struct JoinReport: Sendable {
  private let goal: Receipt
  private let group: String
  private let hosts: [String]

  /// - Parameters:
  ///   - goal: the receipt of the revision.
  ///   - group: the group's name.
  ///   - hosts: names of the hosts that have it.
  package init(_ goal: Receipt, group: String, hosts: [String]) {
    self.goal = goal
    self.group = group
    self.hosts = hosts
  }

  package func lines(on surface: Surface) -> [String] {
    let names = hosts.map(SafeText.line).joined(separator: ", ")
    return [
      surface.paint("Nothing to do", .good) + ": \(names) \(hosts.count == 1 ? "has" : "have") release \(goal.release.id) of deployment "
        + "\(goal.deployment), the last good one of \(GroupName(SafeText.line(group)).noun)."
    ]
  }

  package var value: Value {
    JSON.record([
      ("state", "unchanged"), ("recipe", .text(goal.recipe)), ("application", .text(goal.application)), ("group", .text(group)),
      ("release", .text(goal.release.id)), ("bundle", .text(goal.inputs.bundle.hex)), ("deployment", .text(goal.deployment)),
      ("hosts", .list(hosts.map { .text($0) })),
    ])
  }
}
