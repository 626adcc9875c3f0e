package import DeployCore
package import DeployModel

/// What the journal says about hosts that lack their group's revision.
extension PastDeployments {
  /// The largest number of a revision's deployments that are searched, newest first.
  private static let depth = 10

  /// Returns which deployments were stopped on purpose, failed or were cancelled, according to this journal.
  func missing() async throws(Failure) -> JoinGround.Manner {
    let all = try await deployments().filter { $0.kind == .deploy }
    return .missing(
      stopped: all.filter { $0.status == .partial }.map(\.id),
      ended: all.filter { $0.status == .failed || $0.status == .cancelled }.map(\.id))
  }

  /// Returns the hosts of a group that lack the group's revision. Returns nil if no host lacks the revision, or if it cannot be deployed to
  /// these hosts now.
  package func missing(in found: Surveyed) async throws(Failure) -> MissingHosts? {
    guard found.selection.recipe.strategy?.traffic == nil else { return nil }
    guard let ground = JoinGround.ofMissing(found.selection, found.surveys, try await missing()) else { return nil }
    return try await missing(on: ground, found.selection, found.surveys)
  }

  /// Returns the hosts that lack the revision, with the reason for each host.
  func missing(on ground: JoinGround, _ selection: Selection, _ surveys: [Survey]) async throws(Failure) -> MissingHosts {
    let told = ground.joining.isEmpty ? [] : try await told(of: ground.goal, ground.joining, of: selection.group)
    return MissingHosts(ground, selection, surveys) { host in told.first { $0.host == host.number }?.told }
  }

  /// Returns the state in which the deployments of a revision left each host. For each host, the newest deployment that says something
  /// about the host counts. *Left out* counts only if no deployment says anything different about the host.
  private func told(
    of goal: Receipt, _ hosts: [Host], of group: String
  ) async throws(Failure) -> [(host: Int, told: MissingHost.Told)] {
    var (found, leftOut): ([(host: Int, told: MissingHost.Told)], [Int]) = ([], [])
    let past = try await deployments().filter {
      $0.kind == .deploy && $0.recipe.isExactly(goal.recipe) && $0.group.isExactly(group) && $0.bundle == goal.inputs.bundle
    }
    for deployment in past.prefix(Self.depth) where found.count < hosts.count {
      let entries = try await journal.outline(of: deployment.id)
      guard case .planned(let plan)? = entries.first?.fact, case .concluded(let conclusion)? = entries.last?.fact else { continue }
      for host in hosts where !found.contains(where: { $0.host == host.number }) {
        if let told = MissingHost.Told(host, in: plan, conclusion) {
          found.append((host.number, told))
        } else if plan.leavesOut(host) {
          leftOut.append(host.number)
        }
      }
    }
    return found + leftOut.map { ($0, .leftOut) }
  }
}

extension MissingHost.Told {
  /// Reads the state in which an ended deployment left a host. Returns nil if the deployment did not include the host, or did nothing
  /// there.
  fileprivate init?(_ host: Host, in plan: Plan, _ conclusion: Conclusion) {
    guard let number = plan.hosts.firstIndex(where: { $0.host.name.isExactly(host.name) }), conclusion.hosts.indices.contains(number) else {
      return nil
    }
    switch conclusion.hosts[number] {
    case .pending where conclusion.status == .partial: self = .stopped
    case .succeeded, .unchanged: self = .had
    case .restored, .untouched, .restoreFailed, .failed: self = .failed
    case .leftOut, .unknown: self = .unreachable
    case .pending, .changing, .ready, .restoring, .kept: return nil
    }
  }
}

extension Plan {
  /// Whether the request listed other hosts but not this one.
  fileprivate func leavesOut(_ host: Host) -> Bool {
    guard flow.joins == nil, flow.missing == nil, let only = subject.typed?.only, !only.isEmpty else { return false }
    return !HostFilter(only).takes(host)
  }
}
