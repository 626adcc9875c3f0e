import DeployCore
package import DeployModel

extension Desk {
  /// The alarm of a deployment.
  /// - Parameter word: its id, the beginning of it, or `last`.
  /// - Throws: if it has none, or has not succeeded.
  package func alarm(of word: String, in book: any AlarmBook) async throws -> AlarmWatch {
    let summary = try await past.find(word)
    let entries = try await past.entries(of: summary.id)
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
    let hosts = plan.alarmed(entries)
    guard !hosts.isEmpty else {
      throw Problems(Problem("deployment \(summary.id) changed no host, so there is no alarm to watch"), exit: .refused)
    }
    let fresh = AlarmRecord(deployment: plan.id, opened: now, until: summary.lastEntry + alarm.during)
    return AlarmWatch(plan, alarm, hosts: hosts, record: try book.record(of: plan.id) ?? fresh, desk: self, book: book)
  }

  /// The rollback that an alarm begins, as `lander rollback` would make it for the hosts of the deployment.
  /// - Parameter record: of an alarm that fired.
  /// - Throws: every reason why the hosts cannot go back, at once; nothing was changed.
  package func planRollback(for watch: AlarmWatch, _ record: AlarmRecord, in project: LoadedProject) async throws -> Plan {
    let subject = watch.plan.subject
    let group = subject.group.isEmpty ? nil : subject.group
    let whole = try project.project.selection(recipe: subject.recipe, group: group)
    let names = watch.plan.hosts.map(\.host.name)
    let isWhole = whole.hosts.allSatisfy { host in names.contains { $0.isExactly(host.name) } }
    let selection = isWhole ? whole : try project.project.selection(recipe: subject.recipe, group: group, only: names)
    let why = "\(watch.alarm.name) of deployment \(watch.plan.id): \(record.reason ?? "it fired")"
    return try await planRollback(
      of: selection, in: project, straighten: false, said: StatedProvenance(message: Provenance.line(why, limit: Provenance.messageLimit)))
  }
}

extension Plan {
  /// Numbers of the hosts that the deployment brought to its release.
  /// - Parameter entries: its whole journal.
  fileprivate func alarmed(_ entries: [Entry]) -> [Int] {
    guard case .concluded(let conclusion)? = entries.last?.fact else { return [] }
    return hosts.indices.filter { conclusion.hosts.indices.contains($0) && conclusion.hosts[$0] == .succeeded }
  }
}
