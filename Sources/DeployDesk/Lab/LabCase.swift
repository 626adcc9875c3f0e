import DeployCore
package import DeployModel

/// One test of a spec that runs in a lab of its own.
package actor LabCase {
  private let setting: LabSetting
  private let code: @Sendable (Conclusion, Conclusion?) -> Int
  /// What the commands of the test printed.
  package private(set) var output: [LabOutput] = []
  /// For each recipe, by name, the bundle of its own revision.
  private var own: [ExactText: Digest] = [:]

  /// - Parameter code: returns the exit code of `lander` for a deployment and, if there is one, its rollback.
  package init(in setting: LabSetting, code: @escaping @Sendable (Conclusion, Conclusion?) -> Int) {
    self.setting = setting
    self.code = code
  }

  private var desk: Desk { setting.desk }
  private var scene: LabScene { setting.scene }
  private var project: LoadedProject { setting.project }
  private var limit: Interval { setting.limit }

  /// Returns the checks that were not made.
  func takeUnchecked() -> [String] { scene.takeUnchecked() }

  /// Carries out the test's request, and returns what happened.
  /// - Throws: an error that says what is wrong with the question, or why a deployment could not begin.
  package func perform(_ question: LabQuestion) async throws(Problems) -> Value {
    do {
      switch question {
      case .deploy(let trial, let revision): return try await deploy(trial, revision)
      case .rollback(let recipe, let group): return try await rollback(recipe, group)
      case .run(let line, let host, let limit): return try await run(line, host, limit)
      }
    } catch {
      if let problems = error as? Problems { throw problems }
      throw Problems(LabCourse.problem(error))
    }
  }

  private func deploy(_ trial: Trial, _ revision: Int) async throws -> Value {
    var request = DeploymentRequest(recipe: trial.recipe, group: trial.group, parameters: trial.parameters)
    if revision > 1 { request.revision = try await changed(trial.recipe, revision) }
    let plan = try await desk.plan(Asked(request), of: project).plan
    let (answers, servers) = (TrialAnswers(trial.answers), TrialServers(trial.replies))
    let failing = try trial.failing.first.map { try self.failing($0, in: plan) } ?? nil
    scene.set(failing: failing, answers: answers, servers: servers)
    let end = try await setting.run.end(of: plan, gates: trial.gates)
    scene.set()
    let unused = TrialLeftovers(trial, end.parts, answers, servers).told
    return .record(of: try await told(end, trial.recipe, trial.group) + [("unused", .list(unused))])
  }

  private func failing(_ member: Value.Member, in plan: Plan) throws -> LabScene.Failing? {
    let names = plan.hosts.map(\.host.name)
    guard names.contains(where: { $0.isExactly(member.name) }) else {
      throw Problem("lab:deploy names a host \"\(member.name)\", and there is none", fix: NearMatch.hint(member.name, among: names))
    }
    guard let event = member.value.text.flatMap(LifecycleEvent.init) else {
      let events = LifecycleEvent.allCases.map(\.rawValue)
      throw Problem("fails of lab:deploy takes lifecycle events", fix: NearMatch.hint(member.value.text ?? "", among: events))
    }
    return plan.content.release.map { LabScene.Failing(host: member.name, event: event, release: $0.id) }
  }

  private func rollback(_ recipe: String, _ group: String?) async throws -> Value {
    let selection = try project.project.selection(recipe: recipe, group: group)
    let plan = try await desk.planRollback(of: selection, in: project, straighten: true)
    let end = try await setting.run.end(of: plan)
    return .record(of: try await told(end, recipe, group))
  }

  /// Returns what happened, as `t:deploy` returns it.
  private func told(_ end: LabRun.End, _ recipe: String, _ group: String?) async throws -> [(String, Value)] {
    output += end.output
    if end.isLate { throw LabRun.late(limit) }
    guard let last = end.parts.last else { throw Problem("the deployment has no end") }
    let request = DeploymentRequest(recipe: recipe, group: group)
    let check = LabCheck(desk: desk, project: project, request: request, demandsRestored: false)
    let broken = try await check.problems(after: last, serving: nil)
    if !broken.isEmpty { throw Problems(broken) }
    let found = await desk.survey(try project.project.selection(recipe: recipe, group: group)).named
    let story = TrialStory(end.parts, files: found.map { ($0.host.name, .record([])) }) { name in
      guard case .reached(let state)? = found.first(where: { $0.host.name.isExactly(name) })?.survey else { return nil }
      return state.current
    }
    return story.members(code) + [("real", .bool(true))]
  }

  /// Returns the folder of a changed revision. The same number always gives the same contents.
  private func changed(_ name: String, _ number: Int) async throws -> String {
    let recipe = try project.project.recipe(named: name)
    let known = own[ExactText(name)]
    let bundle: Digest
    if let known { bundle = known } else { bundle = try await desk.build(recipe, nil, of: project).bundle.digest }
    own[ExactText(name)] = bundle
    return try await scene.ground.unpack(
      try await desk.shelf.archive(of: bundle), adding: LabCourse.marker, text: "revision \(number) of lander test --lab\n")
  }

  private func run(_ line: String, _ host: String, _ limit: Interval) async throws -> Value {
    let names = LabHosts.machines(in: project.project)
    guard names.contains(where: { $0.isExactly(host) }) else {
      throw Problem("there is no throwaway host \"\(host)\"", fix: NearMatch.hint(host, among: names))
    }
    let answer = try await scene.ground.run(line, on: host, limit: limit)
    return .record(of: [("status", .int(answer.status)), ("stdout", .text(answer.stdout)), ("stderr", .text(answer.stderr))])
  }
}
