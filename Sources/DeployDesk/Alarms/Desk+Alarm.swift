import DeployCore
package import DeployModel

extension Desk {
  /// Returns the alarm of a deployment.
  /// - Parameter word: the deployment's id, the beginning of the id, or `last`.
  /// - Throws: if the deployment has no alarm, or has not succeeded.
  package func alarm(of word: String, in book: any AlarmBook) async throws -> AlarmWatch {
    let summary = try await past.find(word)
    let entries = try await past.entries(of: summary.id)
    // A rollback that an alarm started has no alarm of its own. The alarm that started it continues.
    if let fired = try await fired(by: summary, in: book) { return try await alarm(of: fired.rawValue, in: book) }
    guard case .planned(let plan)? = entries.first?.fact, let alarm = plan.flow.alarm else {
      throw Problems(
        Problem(
          "\(summary.kind.words.named(summary.id)) has no alarm", fix: "say alarm = { during = \"60m\", … } in its recipe, and deploy"))
    }
    guard summary.status == .succeeded else {
      let open = summary.isOpen ? "lander follow \(summary.id) shows it" : "lander explain \(summary.id) says how it ended"
      throw Problems(
        Problem("deployment \(summary.id) has \(summary.isOpen ? "not ended" : "not succeeded"), so there is no alarm to watch", fix: open),
        exit: .refused)
    }
    let hosts = if case .concluded(let end)? = entries.last?.fact { plan.alarmed(end) } else { [Int]() }
    guard !hosts.isEmpty else {
      throw Problems(Problem("deployment \(summary.id) changed no host, so there is no alarm to watch"), exit: .refused)
    }
    let fresh = AlarmRecord(deployment: plan.id, opened: now, until: summary.lastEntry + alarm.during)
    return AlarmWatch(plan, alarm, hosts: hosts, record: try book.record(of: plan.id) ?? fresh, desk: self, book: book)
  }

  /// Returns the deployment whose alarm started a rollback, or nil if no alarm started it.
  private func fired(by rollback: DeploymentSummary, in book: any AlarmBook) async throws -> Deployment.ID? {
    guard rollback.kind == .rollback(of: nil) else { return nil }
    return try await past.deployments().first { try book.record(of: $0.id)?.rollback == rollback.id }?.id
  }

  /// Returns the rollback that an alarm starts. The plan is the one that `lander rollback` would make for two kinds of hosts: those of the
  /// deployment, and those that joined later with the deployment's release. Hosts that have left the group are reported and stay as they
  /// are.
  /// - Parameter record: the record of an alarm that fired.
  /// - Throws: an error that lists all reasons why the hosts cannot be rolled back. Planning changes nothing.
  package func planRollback(for watch: AlarmWatch, _ record: AlarmRecord, in project: LoadedProject) async throws -> Plan {
    let subject = watch.plan.subject
    let group = subject.group.isEmpty ? nil : subject.group
    let whole = try project.project.selection(recipe: subject.recipe, group: group)
    let names = watch.plan.hosts.map(\.host.name) + (await past.joined(watch.plan))
    let gone = names.filter { name in !whole.hosts.contains { $0.name.isExactly(name) } }
    if !gone.isEmpty {
      let listed = gone.prefix(8).joined(separator: ", ") + (gone.count > 8 ? " and \(gone.count - 8) more" : "")
      tell(.remark("Not in \(subject.groupName.noun) any more, so left as it is: \(listed)."))
    }
    let left = whole.hosts.map(\.name).filter { host in names.contains { $0.isExactly(host) } }
    guard !left.isEmpty else {
      throw Problems(Problem("none of its hosts is in \(subject.groupName.noun) any more", fix: "lander status"), exit: .refused)
    }
    let isWhole = left.count == whole.hosts.count
    let selection = isWhole ? whole : try project.project.selection(recipe: subject.recipe, group: group, only: left)
    let why = "\(watch.alarm.name) of deployment \(watch.plan.id): \(record.reason ?? "it fired")"
    return try await planRollback(
      of: selection, in: project, straighten: false, said: StatedProvenance(message: Provenance.line(why, limit: Provenance.messageLimit)))
  }
}
