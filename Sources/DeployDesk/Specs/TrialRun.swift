import DeployCore
import DeployEngine
import DeployModel
import DeploySimulation

/// Runs the deployment that a test requests, on simulated hosts.
struct TrialRun {
  private let trial: Trial
  private let project: Project
  private let stage: RehearsalStage
  private let plan: Plan
  /// The largest number of events in one trial. This limit stops a recipe with an endless loop.
  private static let mostEvents = 1_000_000
  /// The time at which every trial begins.
  private static let start = Timestamp(milliseconds: 1_800_000_000_000)

  /// - Throws: an error that lists all problems of the test's request.
  init(_ trial: Trial, of project: Project, on stage: RehearsalStage) throws(Problems) {
    self.trial = trial
    self.project = project
    self.stage = stage
    let request = DeploymentRequest(recipe: trial.recipe, group: trial.group, parameters: trial.parameters)
    var declared = project
    if let task = trial.task { declared = try project.running(task, of: trial.recipe) { NearMatch.hint($0, among: $1) } }
    if let count = trial.hosts { try declared.replaceHosts(of: request, by: (1...count).map { Host(name: "host\($0)") }) }
    let planned = try Planner.simulated(
      try Selection(request, in: declared), isFresh: trial.isFresh, unchanged: trial.unchanged,
      by: Self.identity("trial", Self.start, trial, stage))
    plan = TrialFacts(trial, at: Self.start).filled(planned)
    let problems = (trial.task == nil ? plan.recipeProblems(in: declared) : []) + Self.problems(of: trial, plan)
    if !problems.isEmpty { throw Problems(problems) }
  }

  private static func identity(_ id: String, _ at: Timestamp, _ trial: Trial, _ stage: RehearsalStage) -> Planner.Identity {
    Planner.Identity(id: Deployment.ID(id), actor: "trial", at: at, engine: stage.identity().engine, token: id, seed: trial.seed)
  }

  private static func problems(of trial: Trial, _ plan: Plan) -> [Problem] {
    let (names, events) = ((plan.hosts.map(\.host) + plan.ownPartners).map(\.name), LifecycleEvent.allCases.map(\.rawValue))
    func near(_ name: String, _ all: [String]) -> String? { NearMatch.of(name, among: all).map { "did you mean \"\($0)\"?" } }
    let answering = trial.answers.compactMap(\.host).filter { $0 != "here" }
    let named = trial.failing.map(\.name) + trial.unreachable + trial.unchanged + answering + trial.facts.compactMap(\.host)
    let hosts = named.filter { !names.contains($0) }
    return hosts.map { Problem("\(trial.word) names a host \"\($0)\", and there is none", fix: near($0, names)) }
      + contradictions(in: trial)
      + trial.failing.compactMap { member in
        guard member.value.text.map(events.contains) != true else { return nil }
        let name = member.value.text ?? ""
        return Problem("fails of \(trial.word) takes lifecycle events, and \"\(name)\" is none", fix: near(name, events))
      }
  }

  /// Returns a problem for each list of faults that names hosts on which a deployment does nothing. A task runs on these hosts too.
  private static func contradictions(in trial: Trial) -> [Problem] {
    guard trial.task == nil else { return [] }
    return [("fails", trial.failing.map(\.name)), ("unreachable", trial.unreachable)].compactMap { list, names in
      let both = names.filter { name in trial.unchanged.contains { $0.isExactly(name) } }
      guard !both.isEmpty else { return nil }
      return Problem(
        "\(both.joined(separator: ", ")): in unchanged and in \(list) of \(trial.word)",
        fix: "name a host in one of them: a deployment does nothing on hosts that already run the release")
    }
  }

  /// Runs the trial and returns what happened, as `t:deploy` returns it.
  /// - Throws: if the trial does not end, or breaks a promise.
  func played(code: (Conclusion, Conclusion?) -> Int) throws(Problems) -> Value {
    let answers = TrialAnswers(trial.answers)
    let servers = TrialServers(trial.replies)
    var simulation = world(answers)
    simulation.servers = { servers.answer($0) }
    simulation.add(plan)
    simulation.run()
    if let stopped = simulation.stopped { throw Problems(Problem("the deployment has no end: \(stopped)")) }
    if let broken = simulation.checkers.broken.first {
      throw Problems(Problem("a promise was broken, which is a defect of lander: \(broken)"), exit: .internal)
    }
    let unused = TrialLeftovers(trial, simulation.engines.map { TrialPart($0) }, answers, servers).told
    let story = TrialStory(simulation).members(code)
    return .record(of: story + [("unused", .list(unused))])
  }

  private func world(_ answers: TrialAnswers) -> Simulation {
    let (trial, stage, sources) = (trial, stage, project.sources)
    let hosts = (plan.hosts.map(Rehearsing.host) + plan.ownPartners.map(Rehearsing.partner)).map { host in
      var simulated = host
      simulated.rehearsed = false
      simulated.knowsFiles = true
      for file in trial.files { simulated.files[file.name] = SimulatedFile(.text(file.value.text ?? "")) }
      let name = host.name
      simulated.commands = { line, _ in answers.command(line, on: name) }
      return simulated
    }
    var simulation = Simulation(hosts: hosts, seed: trial.seed, faults: faults, start: Self.start) { plan in
      TrialTraffic(try stage.library.scripts(of: plan, sources: plan.content.recipes.map { _ in sources }), of: plan)
    }
    simulation.followUp = { failed, conclusion, at in
      RollbackPlanner.plan(after: failed, conclusion, by: Self.identity("trial-back", at, trial, stage))
    }
    simulation.commandsOfEngine = { line, _ in answers.command(line, on: "here") }
    simulation.answersGates = true
    for gate in trial.gates {
      simulation.gateAnswers.updateValue(gate.value.text.flatMap(Message.Kind.init), forKey: gate.name)
    }
    simulation.limit = Self.mostEvents
    return simulation
  }

  private var faults: Faults {
    var faults = Faults()
    for (number, host) in (plan.hosts.map(\.host) + plan.ownPartners).map(\.name).enumerated() {
      if let event = trial.failing.first(where: { $0.name.isExactly(host) })?.value.text.flatMap(LifecycleEvent.init) {
        faults.appointments.append(.failing(host: number, event, release: plan.content.release?.id))
      }
      if trial.unreachable.contains(host) {
        faults.appointments.append(.partition(host: number, from: .zero, length: .seconds(10_000_000)))
      }
    }
    if let time = trial.cancelAfter { faults.appointments.append(.cancel(at: time)) }
    return faults
  }
}

extension Plan {
  /// The problems that keep the trial's recipe from running, or empty if it can run.
  fileprivate func recipeProblems(in project: Project) -> [Problem] {
    project.recipe(subject.recipe)?.rolloutProblems ?? []
  }
}
