package import DeployModel

/// The hosts of a group that lack the group's revision, with the reasons, and the command that brings the revision to them.
package struct MissingHosts: Sendable, Hashable {
  /// The receipt of the revision. If the deployment of the revision was stopped on purpose, the receipt says
  /// that the revision is on trial.
  package let goal: Receipt
  /// The hosts that answer and lack the revision. Hosts that have it on trial are included only if no other host lacks it.
  package let hosts: [MissingHost]
  /// The names of unreachable hosts.
  package let away: [String]
  package let command: String

  /// - Parameters:
  ///   - selection: all hosts of the group.
  ///   - surveys: the surveys of these hosts, by host number.
  ///   - told: returns what a journal says about a host, or nil if no journal says anything.
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

  /// At most eight of the hosts, with their reasons, and the number of the remaining hosts.
  package var list: String {
    let named = hosts.prefix(8).map { "\($0.name) (\($0.words))" }.joined(separator: ", ")
    return named + (hosts.count > 8 ? " and \(hosts.count - 8) more" : "")
  }
}

extension JoinGround {
  /// Returns, for `status`, which hosts lack the group's revision. Returns nil if no host lacks it, or if a deployment to these hosts would
  /// be refused now.
  /// - Parameters:
  ///   - selection: the surveyed hosts. If they are only a part of a group, the result is nil.
  ///   - surveys: the surveys of these hosts, by host number.
  package static func ofMissing(_ selection: Selection, _ surveys: [Survey], _ manner: Manner) -> JoinGround? {
    guard selection.others == 0, !Slots.has(selection.hosts) else { return nil }
    guard let ground = try? JoinGround(selection, surveys, manner, joining: { _ in true }), ground.underWay.isEmpty else { return nil }
    return ground.joining.isEmpty || ground.isTriedOut ? nil : ground
  }

  /// Whether all hosts that answer have the revision, on trial or not, and at least one other host is unreachable.
  package var isTriedOut: Bool { trying.count == joining.count && !away.isEmpty }
}

extension Selection {
  /// The command that brings the group's revision to the hosts that lack it.
  package var missingCommand: String { "lander deploy \(recipe.name)\(GroupName(group).option) --missing" }
}
