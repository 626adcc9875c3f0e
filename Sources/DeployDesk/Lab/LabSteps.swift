import DeployCore
import DeployEngine
import DeployModel

/// The steps of a course, and what the earlier ones left.
struct LabSteps {
  enum Step { case first, changed, failing, back }

  let course: LabCourse
  private(set) var next: Step? = .first
  private(set) var output: [LabOutput] = []
  private var revisions: [Digest] = []
  private var latest: TrialPart?

  init(course: LabCourse) { self.course = course }
}

extension LabSteps.Step {
  func title(_ steps: LabSteps) -> String {
    switch self {
    case .first: "deploys to hosts that have nothing"
    case .changed: "deploys a changed revision"
    case .failing: steps.weak.map { "goes back when \($0.host) fails in \($0.event.rawValue)" } ?? "goes back after a failure"
    case .back: "rolls back to the first revision"
    }
  }
}

extension LabSteps {
  private var recipe: Recipe? { setting.project.project.recipes.first { $0.name.isExactly(course.request.recipe ?? "") } }
  private var setting: LabSetting { course.setting }
  private var run: LabRun { setting.run }
  private var check: LabCheck { LabCheck(desk: setting.desk, project: setting.project, request: course.request) }

  /// Runs a step, and chooses the next one.
  mutating func run(_ step: Step) async throws -> [Problem] {
    output = []
    setting.scene.set()
    switch step {
    case .first, .changed:
      let problems = try await deployed(try await planned())
      let stays = recipe?.flow.stages.contains { $0.terms?.irreversible == true } == true
      if stays { setting.scene.note("No rollback was tried, because a stage of the recipe is irreversible.") }
      next = step == .first ? .changed : stays ? nil : recipe?.flow.rollback == true && weak != nil ? .failing : .back
      return problems
    case .failing:
      next = .back
      return try await failing()
    case .back:
      next = nil
      return try await back()
    }
  }

  /// Returns the plan of the next revision: the recipe's own, or the first one with a file more.
  private mutating func planned() async throws -> Plan {
    var request = course.request
    if let first = revisions.first {
      let number = revisions.count + 1
      let archive = try await setting.desk.shelf.archive(of: first)
      request.revision = try await setting.scene.ground.unpack(
        archive, adding: LabCourse.marker, text: "revision \(number) of lander test --lab\n")
    }
    let plan = try await setting.desk.plan(Asked(request), of: setting.project).plan
    guard let bundle = plan.content.bundle?.digest, !revisions.contains(bundle) else {
      throw Problem(
        "the changed revision equals an earlier one", subject: request.recipe, fix: "let ignore take the file \(LabCourse.marker) along")
    }
    revisions.append(bundle)
    return plan
  }

  private mutating func deployed(_ plan: Plan) async throws -> [Problem] {
    let end = try await run.end(of: plan)
    output = end.output
    latest = end.parts.first
    if let problem = end.problem(limit: setting.limit) { return [problem] }
    guard let last = end.parts.last else { return [] }
    return try await check.problems(after: last, serving: revisions.last)
  }

  /// The host and the event that can fail last in a deployment; nil: nothing of a deployment can fail.
  var weak: (host: String, event: LifecycleEvent)? {
    guard let latest, let host = latest.plan.hosts.last(where: { $0.action == .change })?.host else { return nil }
    for entry in latest.entries.reversed() {
      guard case .intended(let intent) = entry.fact, intent.place == .host(host.number), let event = intent.site.event else { continue }
      guard !event.concernsPrevious, intent.site.release == latest.plan.content.release?.id else { continue }
      if TrialStory.mayFail(intent.operation) { return (host.name, event) }
    }
    return nil
  }

  private mutating func failing() async throws -> [Problem] {
    guard let weak, let before = revisions.last else { return [] }
    let plan = try await planned()
    if let release = plan.content.release?.id {
      setting.scene.set(failing: LabScene.Failing(host: weak.host, event: weak.event, release: release))
    }
    let end = try await run.end(of: plan)
    setting.scene.set()
    output = end.output
    if end.isLate { return [LabRun.late(setting.limit)] }
    guard let first = end.parts.first?.conclusion, let last = end.parts.last else { return [] }
    if first.status != .failed, first.status != .succeeded, first.status != .partial {
      return [first.error.map(LabCourse.problem) ?? Problem("the deployment was \(first.status.rawValue)")]
    }
    let isTolerated = first.status != .failed
    let number = end.parts.first?.plan.hosts.first { $0.host.name.isExactly(weak.host) }?.host.number
    if isTolerated, let number, first.hosts.indices.contains(number), first.hosts[number] == .succeeded {
      return [Problem("\(weak.event.rawValue) was to fail on purpose, and did not run", subject: weak.host)]
    }
    if isTolerated { setting.scene.note("The recipe lets a deployment succeed although \(weak.host) fails.") }
    if end.parts.count > 1, last.conclusion?.status != .succeeded {
      return [last.conclusion?.error.map(LabCourse.problem) ?? Problem("the rollback did not succeed")]
    }
    return try await check.problems(after: last, serving: isTolerated ? nil : before)
  }

  private mutating func back() async throws -> [Problem] {
    let selection = try setting.project.project.selection(recipe: course.request.recipe, group: course.request.group)
    let plan = try await setting.desk.planRollback(of: selection, in: setting.project, straighten: true)
    let end = try await run.end(of: plan)
    output = end.output
    if let problem = end.problem(limit: setting.limit) { return [problem] }
    guard let last = end.parts.last else { return [] }
    return try await check.problems(after: last, serving: revisions.first)
  }
}

extension LabCourse {
  /// The name of the file that makes a changed revision.
  static let marker = "lander-lab-revision"
}

extension LabRun {
  static func late(_ limit: Interval) -> Problem {
    Problem("it did not end within \(limit)", fix: "--timeout sets another limit; the output shows what it waited for")
  }
}

extension LabRun.End {
  /// Why the deployment did not succeed; nil: it succeeded.
  func problem(limit: Interval) -> Problem? {
    if isLate { return LabRun.late(limit) }
    guard let first = parts.first?.conclusion else { return Problem("the deployment has no end") }
    if first.status == .succeeded || first.status == .partial { return nil }
    return first.error.map { LabCourse.problem($0) } ?? Problem("the deployment was \(first.status.rawValue)")
  }
}
