import DeployCore
import DeployModel
import DeploySimulation

/// Rehearses a plan twice against simulated hosts: once with good answers, and once with failing hosts in the first wave.
struct Rehearsing: Sendable {
  let plan: Plan
  let project: LoadedProject
  let stage: RehearsalStage
  var mode = Rehearsal.plan
  /// The sources of the recipes in hosts' receipts, by digest.
  var kept: [Digest: [SourceFile]] = [:]

  /// The result of one of the two rehearsals.
  private struct Play {
    var shown: [Entry]
    var scripts: [any RehearsedRecipes]
    /// The smallest number of hosts that served at the same time, or nil if the rehearsal did not succeed.
    var lowest: Int?
    /// Why the simulation stopped early, or nil if it did not.
    var broken: BrokenPromise?
  }

  /// Runs both rehearsals at the same time. The faults of the second rehearsal are known as soon as the first wave of the other one has
  /// ended.
  /// - Throws: an error that says what is wrong with the sources, or that a rehearsal did not end.
  func run() async throws -> RehearsedPlan {
    let (firstWave, tell) = AsyncStream.makeStream(of: [Entry].self)
    async let bad = bad(after: firstWave)
    let good: Play
    do { good = try play(Faults(), firstWave: { tell.yield($0) }) } catch {
      tell.finish()
      _ = try? await bad
      throw error
    }
    tell.finish()
    let failed = try await bad
    let all = good.scripts.flatMap(\.findings) + leftOut(good) + cut(good) + (failed?.scripts.flatMap(\.findings) ?? [])
    let secrets = Set(Rehearsing.secrets(in: good.shown) + Rehearsing.secrets(in: failed?.shown ?? []))
    return RehearsedPlan(
      good: good.shown, bad: failed?.shown ?? [], secrets: secrets.sorted(), findings: Rehearsing.distinct(all),
      loops: good.scripts.flatMap(\.loops), waves: waves(good, findings: good.scripts.first?.findings ?? []))
  }

  /// Returns the waves. They are known if the rehearsal succeeded and covered the whole strategy.
  private func waves(_ good: Play, findings: [RehearsalFinding]) -> KnownWaves {
    let isCut = findings.contains { $0.isEnd && $0.part == plan.flow.strategy?.part }
    guard let lowest = good.lowest, !isCut else { return .unknown }
    return .seen(lowest: lowest)
  }

  /// Runs the rehearsal with faults. Returns nil if nothing could fail.
  /// - Parameter firstWave: yields the entries of the other rehearsal when its first wave ends. The stream ends without a value if there is
  ///   no wave.
  private func bad(after firstWave: AsyncStream<[Entry]>) async throws -> Play? {
    guard let entries = await firstWave.first(where: { _ in true }) else { return nil }
    var faults = Faults()
    faults.appointments = failures(after: entries)
    return faults.appointments.isEmpty ? nil : try play(faults)
  }

  /// Runs one rehearsal.
  /// - Parameter firstWave: called with the entries so far when the first wave ends.
  private func play(_ faults: Faults, firstWave: (([Entry]) -> Void)? = nil) throws -> Play {
    // The rollback of this plan can have more recipes than the plan itself, namely those that undo stages.
    let own = plan.content.recipes[0].sources
    let find = { [kept, project] (recipe: PinnedRecipe) throws -> [SourceFile] in
      if let sources = kept[recipe.sources] { return sources }
      if recipe.sources == own { return project.project.sources }
      throw Problems(Problem("the recipe \(recipe.name) that a host was deployed with is not at hand"), exit: .internal)
    }
    _ = try plan.content.recipes.map(find)
    var scripts: [any RehearsedRecipes] = []
    var simulation = Simulation(
      hosts: plan.hosts.map(Rehearsing.host) + plan.ownPartners.map(Rehearsing.partner), seed: plan.origin.seed, faults: faults,
      start: plan.origin.at
    ) { [mode, stage] plan in
      let sources = try plan.content.recipes.map(find)
      scripts.append(try stage.library.rehearsed(plan, sources: sources, as: mode, hasFaults: !faults.isNone))
      return scripts[scripts.count - 1]
    }
    simulation.followUp = { [stage] failed, conclusion, at in
      var identity = stage.identity()
      identity.at = at
      return RollbackPlanner.plan(after: failed, conclusion, by: identity)
    }
    // Outcomes are not kept, because they would take up most of the memory if the fleet is large.
    var shown: [Entry] = []
    var firstWave = firstWave
    simulation.keepsEntries = false
    simulation.answersGates = true
    // Simulated hosts answer immediately, because an invented delay could exceed a time limit of the recipe.
    simulation.pace = .instant
    simulation.limit = 5_000_000 + 5000 * plan.hosts.count
    var service = LowestService(plan)
    simulation.journal = { [id = plan.id] deployment, entries in
      guard deployment == id else { return }
      for case .noted(let note) in entries.lazy.map(\.fact) { service.add(note) }
      shown += entries.lazy.filter(Rehearsing.isShown)
      guard let tell = firstWave, entries.contains(where: Rehearsing.endsWave) else { return }
      tell(shown)
      firstWave = nil
    }
    simulation.add(plan)
    simulation.run()
    if let stopped = simulation.stopped {
      throw Problems(Problem("the rehearsal did not end: \(stopped)", place: project.project.recipe(plan.subject.recipe)?.place))
    }
    let isGood = simulation.engines.first?.conclusion.map { $0.status == .succeeded || $0.status == .partial } ?? false
    return Play(
      shown: shown, scripts: scripts, lowest: isGood ? service.lowest : nil, broken: simulation.checkers.broken.first)
  }

  /// Returns a finding if the simulation stopped early. Without it, people would take the steps up to that point for the whole plan.
  private func cut(_ good: Play) -> [RehearsalFinding] {
    guard let broken = good.broken else { return [] }
    let problem = Problem("the rehearsal ends here, because \(broken)", fix: "this is a defect of lander: please report it")
    return [RehearsalFinding(problem, isCertain: false, part: plan.flow.strategy?.part ?? "the rollout", isEnd: true, isOfFleet: true)]
  }

  /// Returns a finding for each stage that failed although every answer was good, for example because the strategy leaves hosts out.
  private func leftOut(_ good: Play) -> [RehearsalFinding] {
    var findings: [RehearsalFinding] = []
    guard let scripts = good.scripts.first else { return [] }
    for entry in good.shown {
      guard case .noted(.stageEnded(let name, let error?)) = entry.fact else { continue }
      let strategy = plan.flow.strategy
      let part = name == "rollout" ? strategy?.part ?? "the rollout" : "stage \(name)"
      if scripts.isFaulty(part) { continue }
      let problem = Problem(error.failure.message, place: error.place ?? strategy?.place, fix: error.failure.fix).known(by: strategy?.place)
      let isCertain = error.host == nil && !scripts.isDoubted
      findings.append(RehearsalFinding(problem, isCertain: isCertain, part: part, isEnd: true, isOfFleet: true))
    }
    return findings
  }

  /// Returns each finding once. If a line has a finding that is certain, its uncertain findings are left out.
  private static func distinct(_ findings: [RehearsalFinding]) -> [RehearsalFinding] {
    var seen: Set<Problem> = []
    let certain = findings.filter { $0.isCertain && seen.insert($0.problem).inserted }
    let places = Set(certain.compactMap(\.problem.place))
    let others = findings.filter { finding in
      !finding.isCertain && finding.problem.place.map { !places.contains($0) } ?? true && seen.insert(finding.problem).inserted
    }
    return certain + others
  }

  private static func endsWave(_ entry: Entry) -> Bool {
    if case .noted(.waveEnded) = entry.fact { true } else { false }
  }

  private static func isShown(_ entry: Entry) -> Bool {
    switch entry.fact {
    case .planned, .intended: true
    case .noted(.stageBegan), .noted(.stageEnded), .noted(.waveBegan), .noted(.waveEnded), .noted(.log): true
    case .noted(.restartBegan), .noted(.restartEnded): true
    case .noted(.gateOpened), .noted(.gateClosed), .noted(.shifted), .noted(.stopped): true
    default: false
    }
  }

  /// Returns a simulated partner, which has no release.
  static func partner(_ host: Host) -> SimulatedHost {
    var simulated = SimulatedHost(name: host.name)
    simulated.rehearsed = true
    return simulated
  }

  /// Returns a simulated host in the state that the plan found. Commands whose answers are unknown succeed and give simple values.
  static func host(_ host: HostPlan) -> SimulatedHost {
    var simulated = SimulatedHost(name: host.host.name)
    simulated.rehearsed = true
    simulated.current = host.current
    simulated.foreign = host.found
    if let damage = host.damage, damage.kind != .gone { simulated.damaged = [damage.release] }
    simulated.receipt = host.previous
    if let goal = host.goal, goal.release.id != host.previous?.release.id { simulated.previous = goal }
    // If a deployment left a host half changed, the host counts as changed, although its receipt has the same inputs.
    if host.isUnrestored == true, let receipt = host.previous {
      simulated.failedRestore = FailedRestore(deployment: receipt.deployment, message: "it was left in the middle", commands: [])
    }
    if let receipt = host.previous {
      simulated.releases.append(
        SimulatedHost.StoredRelease(release: receipt.release, complete: true))
      simulated.sources.append(receipt.inputs.sources)
    }
    if let target = host.target, host.present || target.id == host.current, !simulated.has(target.id) {
      simulated.releases.append(SimulatedHost.StoredRelease(release: target, complete: true))
    }
    if let current = host.current, !simulated.has(current) {
      let unknown = Digest(hex: String(repeating: "00", count: 32))
      simulated.releases.append(SimulatedHost.StoredRelease(release: Release(id: current, bundle: unknown), complete: true))
    }
    return simulated
  }

  /// Returns the faults that make the first wave fail. Each host fails in the last event in which a command or a check runs. If there is no
  /// such event, it fails in the event that makes the release current.
  private func failures(after good: [Entry]) -> [Faults.Appointment] {
    var first: [Int] = []
    for case .noted(.waveBegan(_, let hosts, _)) in good.lazy.map(\.fact) where first.isEmpty {
      first = hosts
    }
    var (last, made): (LifecycleEvent?, LifecycleEvent?)
    for case .intended(let intent) in good.lazy.map(\.fact) {
      guard case .host(let number) = intent.place, first.contains(number),
        let event = intent.site.event
      else { continue }
      switch intent.operation {
      case .run, .check, .appspec: last = event
      case .activate(_?): made = event
      default: continue
      }
    }
    guard let last = last ?? made else { return [] }
    return first.map { .failing(host: $0, last, release: plan.content.release?.id) }
  }

  private static func secrets(in entries: [Entry]) -> [String] {
    var names: Set<String> = []
    for case .intended(let intent) in entries.lazy.map(\.fact) {
      switch intent.operation {
      case .run(let command):
        for variable in command.environment { names.formUnion(variable.value.secrets) }
        names.formUnion(command.input?.secrets ?? [])
      case .write(_, let content, _, _): names.formUnion(content.secrets)
      case .http(let request):
        for text in [request.url, request.body ?? ""] + request.headers.map(\.value) { names.formUnion(text.secrets) }
      default: continue
      }
    }
    return names.sorted()
  }
}

extension Project {
  func recipe(_ name: String) -> Recipe? { recipes.first { $0.name.isExactly(name) } }
}
