import DeployCore
package import DeployModel

extension Desk {
  /// Plans a saved plan again and compares the two plans. If the store still has the saved plan's bundle, that bundle is used.
  /// - Parameter said: who carries the plan out, and why. Values that are missing here come from the saved plan.
  /// - Throws: an error that lists all differences between the plans. In this case, nothing has been started.
  package func plan(again record: PlanRecord, said: StatedProvenance, of project: LoadedProject) async throws -> PlannedDeployment {
    try refuseUnplanned(record.request)
    var request = record.request
    request.said = StatedProvenance(
      message: said.message ?? request.said.message, actor: said.actor, labels: said.labels.isEmpty ? request.said.labels : said.labels)
    // The bundle that was reviewed is the one that is sent. If it is gone, it is built again, and the result must be identical.
    if let bundle = record.bundle, (try? shelf.inspect(bundle.hex)) != nil { request.revision = "bundle:\(bundle.hex)" }
    let planned =
      record.request.missing == true
      ? try await planMissing(again: record, said: request.said, of: project)
      : try await plan(Asked(request), of: project, endsLate: true, queues: false, from: record.provenance ?? Provenance())
    let now = PlanRecord(planned.plan, for: record.request, connected: true)
    let differences = PlanDifferences(record, now, files: await changedFiles(record, project)).problems
    guard let last = differences.indices.last else {
      if !record.connected { tell(.remark("The plan was made without asking the hosts: what they run was not compared.")) }
      try refuseFrozen(planned.plan.flow.freeze)
      return planned
    }
    var problems = differences
    problems[last].fix = "look at what changed, then: lander plan --connect --out FILE"
    throw Problems(problems, exit: .refused)
  }

  /// Refuses a saved plan with a sequence or a freeze override. `lander plan` never writes them, so somebody has edited the file.
  private func refuseUnplanned(_ request: DeploymentRequest) throws(Problems) {
    let words = [("freezeOverride", request.freezeOverride != nil), ("sequence", request.sequence != nil)].filter(\.1).map(\.0)
    guard !words.isEmpty else { return }
    throw Problems(
      words.map { Problem("no plan says this: the file was edited", subject: "request.\($0)", fix: "lander plan --connect --out FILE") },
      exit: .refused)
  }

  /// Returns the source files that differ from those of the plan, or an empty list if this machine lacks the plan's files.
  private func changedFiles(_ record: PlanRecord, _ project: LoadedProject) async -> [String] {
    guard let before = try? await shelf.sources(record.sources) else { return [] }
    let now = project.project.sources
    let changed = now.filter { file in !before.contains { $0.path.isExactly(file.path) && $0.text.isExactly(file.text) } }.map(\.path)
    return changed + before.map(\.path).filter { path in !now.contains { $0.path.isExactly(path) } }
  }
}
