package import DeployModel

/// Hosts of a group that lack its revision, the reasons, and the command that deploys it to them.
package struct MissingHosts: Sendable, Hashable {
  /// The receipt of the revision, on trial if its deployment was stopped on purpose.
  package let goal: Receipt
  /// Hosts that answer and lack the revision. Hosts that have it on trial are named only if no other host lacks it.
  package let hosts: [MissingHost]
  /// Names of hosts that are out of reach.
  package let away: [String]
  package let command: String

  /// - Parameters:
  ///   - selection: all hosts of the group.
  ///   - surveys: of them, by host number.
  ///   - told: what a journal says about a host.
  package init(_ ground: JoinGround, _ selection: Selection, _ surveys: [Survey], told: (Host) -> MissingHost.Told?) {
    goal = ground.goal
    let trying = ground.trying.map(\.number)
    let lacking = ground.joining.filter { !trying.contains($0.number) }
    hosts = (lacking.isEmpty ? ground.joining : lacking).compactMap { [goal] host in
      guard case .reached(let state) = surveys[host.number] else { return nil }
      return MissingHost(host, state, lacks: goal, told: told(host))
    }
    away = ground.away.map(\.name)
    command = selection.missingCommand
  }

  /// Each host with its reason: at most eight, and the number of the others.
  package var list: String {
    let named = hosts.prefix(8).map { "\($0.name) (\($0.words))" }.joined(separator: ", ")
    return named + (hosts.count > 8 ? " and \(hosts.count - 8) more" : "")
  }
}

extension JoinGround {
  /// The hosts that lack the group's revision, for `status`; nil: no host lacks it, or a deployment to them would be refused now.
  /// - Parameters:
  ///   - selection: the surveyed hosts. A part of a group is not enough: then the result is nil.
  ///   - surveys: of them, by host number.
  package static func ofMissing(_ selection: Selection, _ surveys: [Survey], _ manner: Manner) -> JoinGround? {
    guard selection.others == 0, !Slots.has(selection.hosts) else { return nil }
    guard let ground = try? JoinGround(selection, surveys, manner, joining: { _ in true }), ground.underWay.isEmpty else { return nil }
    return ground.joining.isEmpty || ground.isTriedOut ? nil : ground
  }

  /// Whether all hosts that answer have the revision, on trial or not, and others are out of reach.
  package var isTriedOut: Bool { trying.count == joining.count && !away.isEmpty }
}

extension Selection {
  /// The command that deploys the group's revision to hosts that lack it.
  package var missingCommand: String { "lander deploy \(recipe.name)\(GroupName(group).option) --missing" }
}
