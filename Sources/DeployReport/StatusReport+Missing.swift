package import DeployCore
package import DeployModel

/// Hosts that lack their group's revision.
extension StatusReport {
  /// Returns the hosts that lack the revision, why they lack it, and the command that deploys it.
  func missingLines(on surface: Surface) -> [String] {
    guard let missing else { return [] }
    let goal = missing.goal
    let which = goal.trial == true ? "which was stopped on purpose" : "the last good one of the group"
    return [
      "",
      "  " + surface.paint("Missing", .warn) + ": \(SafeText.line(missing.list)) "
        + "\(missing.hosts.count == 1 ? "lacks" : "lack") release \(goal.release.id) of deployment \(goal.deployment), \(which)",
      "    → \(SafeText.line(missing.command)) brings it\(missing.away.isEmpty ? "" : ", to unreachable hosts once they are back")",
    ]
  }

  /// The missing hosts for programs, or nil if every host that answered has the revision.
  package var missingValue: Value? { missing?.value }
}

extension MissingHosts {
  /// The missing hosts, as data for programs.
  package var value: Value {
    JSON.record([
      ("release", .text(goal.release.id.rawValue)), ("deployment", .text(goal.deployment.rawValue)), ("stopped", .bool(goal.trial == true)),
      (
        "hosts",
        .list(
          hosts.map {
            JSON.record([("host", .text($0.name)), ("reason", .text($0.reason.rawValue)), ("why", .text($0.words))])
          })
      ),
      ("unreachable", .list(away.map { .text($0) })), ("command", .text(command)),
    ])
  }
}
