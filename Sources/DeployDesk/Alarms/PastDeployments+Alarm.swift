package import DeployModel

/// What the journal says of the hosts of an alarm.
extension PastDeployments {
  /// Who has the hosts of a deployment, by the journal. A later deployment counts if it has one of the hosts, or had and changed one. Tasks
  /// do not count, nor deployments that went back everywhere or changed nothing there.
  /// - Parameters:
  ///   - hosts: the numbers of these hosts.
  ///   - own: the rollback that the alarm itself began; nil: it began none.
  package func occupancy(of plan: Plan, _ hosts: [Int], besides own: Deployment.ID? = nil) async -> Occupancy {
    let all = (try? await deployments()) ?? []
    let names = hosts.map { plan.hosts[$0].host.name }
    var busy: String?
    for one in all where one.mayFollow(plan) && one.id != own {
      let outline = (try? await outline(of: one.id)) ?? []
      guard case .planned(let other)? = outline.first?.fact, other.has(names) else { continue }
      if one.isOpen { busy = busy ?? "\(one.kind.words.named(one.id)) is under way" }
      guard case .concluded(let end)? = outline.last?.fact else { continue }
      // What a failed deployment left is told with it, not with its way back.
      if case .rollback(of: .some) = one.kind { continue }
      let back = all.first { $0.kind == .rollback(of: one.id) }
      if let back, back.isOpen { continue }
      let returned = if let back { await brought(by: back.id) } else { [String]() }
      if other.changed(by: end).contains(where: { name in names.has(name) && !returned.has(name) }) {
        return .over("\(one.kind.words.named(one.id)) is newer")
      }
    }
    return busy.map { .busy($0) } ?? .free
  }

  /// Names of the hosts that an ended deployment brought to its release, or that had the release already.
  private func brought(by deployment: Deployment.ID) async -> [String] {
    let outline = (try? await outline(of: deployment)) ?? []
    guard case .planned(let plan)? = outline.first?.fact, case .concluded(let end)? = outline.last?.fact else { return [] }
    return zip(plan.hosts, end.hosts).filter { $1 == .succeeded || $1 == .unchanged }.map(\.0.host.name)
  }

  /// Names of hosts that joined the group later, with the release of a deployment.
  func joined(_ plan: Plan) async -> [String] {
    var sources = [plan.id]
    var names: [String] = []
    for one in ((try? await deployments()) ?? []).reversed() where one.mayFollow(plan) {
      guard case .planned(let other)? = try? await outline(of: one.id).first?.fact, let source = other.flow.joins, sources.contains(source)
      else { continue }
      sources.append(one.id)
      names += await brought(by: one.id)
    }
    return names
  }

  /// The state of the rollback that an alarm began.
  /// - Returns: nil if the journal does not have the rollback, or the alarm began none.
  package func standing(of rollback: Deployment.ID?) async throws -> AlarmRollback? {
    guard let rollback, let summary = try await deployments().first(where: { $0.id == rollback }) else { return nil }
    switch summary.state {
    case .running: return .running
    case .interrupted: return .interrupted
    case .superseded, .damaged: return .failed
    case .concluded: break
    }
    guard case .concluded(let end)? = try await outline(of: rollback).last?.fact else { return .failed }
    return AlarmRollback(end)
  }
}

extension DeploymentSummary {
  /// Whether it concerns the same application and group as a deployment, is later, and is not only a task.
  fileprivate func mayFollow(_ plan: Plan) -> Bool {
    guard id != plan.id, began > plan.origin.at, kind.task == nil, status != .refused else { return false }
    return application.isExactly(plan.subject.application) && group.isExactly(plan.subject.group)
  }
}

extension Plan {
  fileprivate func has(_ names: [String]) -> Bool { hosts.contains { names.has($0.host.name) } }

  /// Names of the hosts that the deployment changed and that did not go back by themselves. A host does not count if nobody knows what it
  /// runs.
  fileprivate func changed(by end: Conclusion) -> [String] {
    zip(hosts, end.hosts).filter { _, status in
      switch status {
      case .succeeded, .failed, .restoreFailed, .changing, .ready, .restoring: true
      case .pending, .unchanged, .kept, .leftOut, .restored, .untouched, .unknown: false
      }
    }.map(\.0.host.name)
  }
}

extension [String] {
  fileprivate func has(_ name: String) -> Bool { contains { $0.isExactly(name) } }
}
