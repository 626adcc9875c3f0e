package import DeployModel

/// The report of a join that has nothing to do, because the requested hosts already have their group's revision.
package struct JoinReport: Sendable {
  private let goal: Receipt
  private let group: String
  private let hosts: [String]
  private let away: [String]?

  /// - Parameters:
  ///   - goal: the receipt of the revision.
  ///   - group: the group's name.
  ///   - hosts: the names of the hosts that have the revision.
  ///   - away: the names of the requested hosts that are unreachable. Nil if the person listed the hosts and all of them answered.
  package init(_ goal: Receipt, group: String, hosts: [String], away: [String]? = nil) {
    self.away = away
    self.goal = goal
    self.group = group
    self.hosts = hosts
  }

  package func lines(on surface: Surface) -> [String] {
    let state = goal.trial == true ? "which was stopped on purpose" : "the last good one of \(GroupName(SafeText.line(group)).noun)"
    let which = "release \(goal.release.id) of deployment \(goal.deployment), \(state)"
    let have = "\(Self.named(hosts)) \(hosts.count == 1 ? "has" : "have")"
    guard let away else { return [surface.paint("Nothing to do", .good) + ": \(have) \(which)."] }
    guard !away.isEmpty else { return [surface.paint("Nothing is missing", .good) + ": \(have) \(which)."] }
    let rest = hosts.isEmpty ? "to get \(which)" : "so nobody knows what \(away.count == 1 ? "it runs" : "they run")"
    let lines = hosts.isEmpty ? [] : [surface.paint("Nothing is missing of those that answer", .good) + ": \(have) \(which)."]
    return lines + [
      surface.paint("Unreachable", .bad) + ": \(Self.named(away)), \(rest). lander hosts says what is wrong; then run this again."
    ]
  }

  private static func named(_ hosts: [String]) -> String {
    hosts.prefix(8).map(SafeText.line).joined(separator: ", ") + (hosts.count > 8 ? " and \((hosts.count - 8).grouped) more" : "")
  }

  package var value: Value {
    JSON.record([
      ("state", "unchanged"), ("recipe", .text(goal.recipe)), ("application", .text(goal.application)), ("group", .text(group)),
      ("release", .text(goal.release.id.rawValue)), ("bundle", .text(goal.inputs.bundle.hex)),
      ("deployment", .text(goal.deployment.rawValue)),
      ("hosts", .list(hosts.map { .text($0) })),
      ("unreachable", away.flatMap { $0.isEmpty ? nil : .list($0.map { .text($0) }) }),
    ])
  }
}
