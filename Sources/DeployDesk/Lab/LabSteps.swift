import DeployCore
import DeployEngine
import DeployModel

/// The steps of a course, and the state that the earlier steps left.
struct LabSteps {
  enum Step { case first, changed, failing, back }

  let course: LabCourse
  private(set) var next: Step? = .first
  private(set) var output: [LabOutput] = []
  private var revisions: [Digest] = []
  /// The revisions that all hosts served after a deployment, oldest first. The last one is what they serve now.
  private var served: [Digest] = []
  private var latest: TrialPart?
  /// The hosts and events that could fail on purpose, the most suitable first, or nil if they are not known yet.
  private var weak: [Weak]?
  /// Whether some hosts kept a different revision from the rest. Some recipes allow that.
  private var isMixed = false
  /// Whether the last step could not run. If so, a note says why.
  private(set) var isLeftOut = false

  /// A host, and an event in which it can fail.
  struct Weak: Sendable, Hashable {
    var host: String
    var event: LifecycleEvent
  }

  init(course: LabCourse) { self.course = course }
}

extension LabSteps.Step {
  func title(_ steps: LabSteps) -> String {
    switch self {
    case .first: "deploys to hosts that have nothing"
    case .changed: "deploys a changed revision"
    case .failing: steps.chosen.map { "goes back when \($0.host) fails in \($0.event.rawValue)" } ?? "goes back after a failure"
    case .back: steps.hasThird ? "rolls back to the revision before" : "rolls back to the first revision"
    }
  }
}

extension LabSteps {
  private var recipe: Recipe? { setting.project.project.recipes.first { $0.name.isExactly(course.request.recipe ?? "") } }
  private var setting: LabSetting { course.setting }
  private var run: LabRun { setting.run }
  private var check: LabCheck { LabCheck(desk: setting.desk, project: setting.project, request: course.request) }
  fileprivate var chosen: Weak? { weak?.first }
  fileprivate var hasThird: Bool { served.count > 2 || isMixed }

  /// Runs a step, and chooses the next one.
  mutating func run(_ step: Step) async throws -> [Problem] {
    output = []
    setting.scene.set()
    isLeftOut = false
    switch step {
    case .first, .changed:
      let problems = try await deployed(try await planned())
      next = step == .first ? .changed : afterChanged()
      return problems
    case .failing:
      next = .back
      return try await failing()
    case .back:
      next = nil
      return try await back()
    }
  }

  /// Returns the step after the changed revision, and notes which steps cannot run.
  private mutating func afterChanged() -> Step? {
    if recipe?.flow.stages.contains(where: { $0.terms?.irreversible == true }) == true {
      setting.scene.note("No rollback was tried, because a stage of the recipe is irreversible.")
      return nil
    }
    if recipe?.flow.rollback != true {
      setting.scene.note("No failure was tried, because the recipe has rollback = false.")
      return .back
    }
    weak = weakest
    if weak?.isEmpty == false { return .failing }
    setting.scene.note("No failure was tried, because the deployment runs nothing on hosts that can fail.")
    return .back
  }

  /// Returns the plan of the next revision: the recipe's own revision, or the first revision with one more file.
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
        "the changed revision equals an earlier one", subject: request.recipe,
        fix: "take \(LabCourse.marker) out of the patterns in ignore")
    }
    revisions.append(bundle)
    return plan
  }

  private mutating func deployed(_ plan: Plan) async throws -> [Problem] {
    let end = try await run.end(of: plan)
    output = end.output
    latest = end.parts.first
    if let problem = end.problem(limit: setting.limit) { return [problem] }
    served += revisions.suffix(1)
    guard let last = end.parts.last else { return [] }
    return try await check.problems(after: last, serving: revisions.last)
  }

  /// The deployment's last host, once for each event in which something can fail there, with the last event first. It is empty if nothing
  /// can fail.
  private var weakest: [Weak] {
    guard let latest, let host = latest.plan.hosts.last(where: { $0.action == .change })?.host else { return [] }
    return latest.entries.reversed().reduce(into: []) { found, entry in
      guard case .intended(let intent) = entry.fact, intent.place == .host(host.number), let event = intent.site.event else { return }
      guard !event.concernsPrevious, intent.site.release == latest.plan.content.release?.id, TrialStory.mayFail(intent.operation) else {
        return
      }
      if !found.contains(where: { $0.event == event }) { found.append(Weak(host: host.name, event: event)) }
    }
  }

  /// Makes the host fail in its last event whose failure the recipe does not tolerate.
  private mutating func failing() async throws -> [Problem] {
    while let weak = chosen {
      let (problems, isTolerated) = try await failing(weak)
      if !isTolerated || !problems.isEmpty { return problems }
      setting.scene.note("The recipe tolerates that \(weak.event.rawValue) fails on \(weak.host), so an earlier event had to fail.")
      self.weak?.removeFirst()
    }
    setting.scene.note("No failure was tried to its end, because the recipe tolerates each one.")
    isLeftOut = true
    return []
  }

  /// Deploys a revision, and makes a host fail. Returns the problems, and whether the host succeeded despite the failure.
  private mutating func failing(_ weak: Weak) async throws -> (problems: [Problem], isTolerated: Bool) {
    let plan = try await planned()
    guard let release = plan.content.release?.id else { return ([], true) }
    let planned = LabScene.Failing(host: weak.host, event: weak.event, release: release)
    setting.scene.set(failing: planned)
    let end = try await run.end(of: plan)
    let isMet = setting.scene.isMet
    setting.scene.set()
    output += end.output
    if end.isLate { return ([LabRun.late(setting.limit)], false) }
    guard let part = end.parts.first, let first = part.conclusion, let last = end.parts.last else { return ([], false) }
    if ![.failed, .succeeded, .partial].contains(first.status) { return ([first.problem], false) }
    var other = LabCauses(part: part, planned: planned).other.map(LabCourse.problem)
    if !isMet, first.status == .failed { other = other ?? first.problem }
    if var other {
      other.message += "\nOnly \(weak.event.rawValue) on \(weak.host) was to fail."
      return ([other], false)
    }
    guard isMet else { return ([Problem("\(weak.event.rawValue) was to fail on purpose, and did not run", subject: weak.host)], false) }
    if end.parts.count > 1, last.conclusion?.status != .succeeded {
      return ([last.conclusion?.problem ?? Problem("the rollback did not succeed")], false)
    }
    let number = part.plan.hosts.first { $0.host.name.isExactly(weak.host) }?.host.number
    let hasSucceeded = number.map { first.hosts.indices.contains($0) && first.hosts[$0] == .succeeded } ?? false
    if hasSucceeded, first.status != .failed {
      served += revisions.suffix(1)
      return (try await check.problems(after: last, serving: revisions.last), true)
    }
    isMixed = first.status != .failed
    if isMixed { setting.scene.note("The recipe lets a deployment succeed although \(weak.host) fails.") }
    return (try await check.problems(after: last, serving: isMixed ? nil : served.last), false)
  }

  private mutating func back() async throws -> [Problem] {
    let selection = try setting.project.project.selection(recipe: course.request.recipe, group: course.request.group)
    let plan = try await setting.desk.planRollback(of: selection, in: setting.project, straighten: true)
    let end = try await run.end(of: plan)
    output = end.output
    if let problem = end.problem(limit: setting.limit) { return [problem] }
    guard let last = end.parts.last else { return [] }
    return try await check.problems(after: last, serving: isMixed ? nil : served.dropLast().last)
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
  /// Why the deployment did not succeed, or nil if it succeeded.
  func problem(limit: Interval) -> Problem? {
    if isLate { return LabRun.late(limit) }
    guard let first = parts.first?.conclusion else { return Problem("the deployment has no end") }
    return first.status == .succeeded || first.status == .partial ? nil : first.problem
  }
}

extension Conclusion {
  /// Why the deployment did not succeed.
  fileprivate var problem: Problem { error.map { LabCourse.problem($0) } ?? Problem("the deployment was \(status.rawValue)") }
}
