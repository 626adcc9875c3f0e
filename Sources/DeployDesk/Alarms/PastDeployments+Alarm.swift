package import DeployModel

/// What the journal says about the hosts of an alarm.
extension PastDeployments {
  /// Returns whether a later deployment has taken the hosts of a deployment, according to the journal. A later deployment counts if it is
  /// changing one of the hosts, or has changed one without restoring it. Tasks do not count.
  /// - Parameters:
  ///   - hosts: the numbers of the hosts.
  ///   - own: the rollback that the alarm itself started, or nil if there is none.
  package func occupancy(of plan: Plan, _ hosts: [Int], besides own: Deployment.ID? = nil) async -> Occupancy {
    let all = (try? await deployments()) ?? []
    let names = hosts.map { plan.hosts[$0].host.name }
    var busy: String?
    for one in all where one.mayFollow(plan) && one.id != own {
      let outline = (try? await outline(of: one.id)) ?? []
      guard case .planned(let other)? = outline.first?.fact, other.has(names) else { continue }
      if one.isOpen { busy = busy ?? "\(one.kind.words.named(one.id)) is under way" }
      guard case .concluded(let end)? = outline.last?.fact else { continue }
      // A rollback after a failure is considered together with the failed deployment.
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

  /// Returns the names of the hosts that have a deployment's release after the deployment has ended, because they got it or already had it.
  private func brought(by deployment: Deployment.ID) async -> [String] {
    let outline = (try? await outline(of: deployment)) ?? []
    guard case .planned(let plan)? = outline.first?.fact, case .concluded(let end)? = outline.last?.fact else { return [] }
    return zip(plan.hosts, end.hosts).filter { $1 == .succeeded || $1 == .unchanged }.map(\.0.host.name)
  }

  /// Returns the names of the hosts that later joined the group with the release of this deployment.
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

  /// Returns the state of the rollback that an alarm started. Returns nil if the alarm started no rollback, or if the rollback is not in
  /// the journal.
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
  /// Whether the deployment is later than `plan`, has the same application and group as `plan`, and is not a task.
  fileprivate func mayFollow(_ plan: Plan) -> Bool {
    guard id != plan.id, began > plan.origin.at, kind.task == nil, status != .refused else { return false }
    return application.isExactly(plan.subject.application) && group.isExactly(plan.subject.group)
  }
}

extension Plan {
  fileprivate func has(_ names: [String]) -> Bool { hosts.contains { names.has($0.host.name) } }

  /// Returns the names of the hosts that the deployment changed and that were not restored. Hosts whose current release is unknown do not
  /// count.
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
