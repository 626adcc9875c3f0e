import DeployCore
import DeployEngine
import DeployModel
import DeploySimulation

/// Runs a plan against simulated hosts: once with good answers, once with the hosts of the first wave failing.
struct Rehearsing {
  let plan: Plan
  let project: LoadedProject
  let library: any RecipeLibrary
  /// Of the recipes that hosts were found with, by digest.
  var kept: [Digest: [SourceFile]] = [:]

  struct Result {
    var good: [Entry]
    var bad: [Entry]
    var secrets: [String]
    /// Where what a command answers decides what comes next, in words.
    var unknowns: [String]
  }

  /// Both at once: what is to fail is known as soon as the first wave of the good one has ended.
  func run() async throws -> Result {
    let (firstWave, tell) = AsyncStream.makeStream(of: [Entry].self)
    async let bad = bad(after: firstWave)
    let good = try play(Faults()) { tell.yield($0) }
    tell.finish()
    try Rehearsing.refuse(misnamed: good)
    let (shown, unknowns) = Rehearsing.untilUnknown(good)
    let failed = try await bad
    try Rehearsing.refuse(misnamed: failed)
    let secrets = Set(Rehearsing.secrets(in: good) + Rehearsing.secrets(in: failed))
    return Result(good: shown, bad: failed, secrets: secrets.sorted(), unknowns: unknowns)
  }

  /// Nothing, where there is nothing that could fail.
  /// - Parameter firstWave: all that a good rehearsal had shown when its first wave ended; ends without where it has none.
  private func bad(after firstWave: AsyncStream<[Entry]>) async throws -> [Entry] {
    guard let entries = await firstWave.first(where: { _ in true }) else { return [] }
    var faults = Faults()
    faults.appointments = failures(after: Rehearsing.untilUnknown(entries).entries)
    return faults.appointments.isEmpty ? [] : try play(faults)
  }

  /// - Parameter firstWave: is told what was shown when the first wave has ended.
  private func play(_ faults: Faults, firstWave: (([Entry]) -> Void)? = nil) throws -> [Entry] {
    let sources = try plan.recipes.map { recipe in
      if let sources = kept[recipe.sources] { return sources }
      if recipe.sources == plan.recipes[0].sources { return project.project.sources }
      throw Problems(
        Problem("the recipe \(recipe.name) that a host was deployed with is not at hand"),
        exit: .internal)
    }
    var simulation = Simulation(
      hosts: plan.hosts.map(Rehearsing.host), seed: plan.seed, faults: faults, start: plan.at
    ) { [library] plan in
      try library.scripts(of: plan, sources: sources)
    }
    simulation.followUp = { failed, conclusion, at in
      var identity = Identity.make()
      identity.at = at
      return RollbackPlanner.plan(after: failed, conclusion, by: identity)
    }
    // What came back is not shown; of a large fleet it would be most of the memory.
    var shown: [Entry] = []
    var firstWave = firstWave
    simulation.keepsEntries = false
    simulation.journal = { [id = plan.id] deployment, entries in
      guard deployment == id else { return }
      shown += entries.lazy.filter(Rehearsing.isShown)
      guard let tell = firstWave, entries.contains(where: Rehearsing.endsWave) else { return }
      tell(shown)
      firstWave = nil
    }
    simulation.add(plan)
    simulation.run()
    if let stopped = simulation.stopped {
      throw Problems(Problem("the rehearsal did not end: \(stopped)"), exit: .internal)
    }
    return shown
  }

  private static func endsWave(_ entry: Entry) -> Bool {
    if case .noted(.waveEnded) = entry.fact { true } else { false }
  }

  private static func isShown(_ entry: Entry) -> Bool {
    switch entry.fact {
    case .planned, .intended: true
    case .noted(.stageBegan), .noted(.stageEnded), .noted(.waveBegan): true
    case .noted(.eventEnded(_, _, let error)): error != nil
    default: false
    }
  }

  /// - Throws: what recipes ask for by names that nothing has; other errors may come of answers that nobody knows before.
  private static func refuse(misnamed entries: [Entry]) throws(Problems) {
    var problems: [Problem] = []
    for entry in entries {
      guard case .noted(let note) = entry.fact else { continue }
      switch note {
      case .eventEnded(_, _, let error?), .stageEnded(_, let error?):
        let problem = Problem(error.failure.message, place: error.place, fix: error.failure.fix)
        if error.failure.kind == .misnamed, !problems.contains(problem) { problems.append(problem) }
      default: continue
      }
    }
    if !problems.isEmpty { throw Problems(problems) }
  }

  private static func host(_ host: HostPlan) -> SimulatedHost {
    var simulated = SimulatedHost(name: host.host.name)
    simulated.rehearsed = true
    simulated.current = host.current
    simulated.receipt = host.previous
    if let receipt = host.previous {
      simulated.releases.append(
        SimulatedHost.StoredRelease(release: receipt.release, complete: true))
      simulated.sources.append(receipt.inputs.sources)
    }
    if let target = host.target, host.present, target.id != host.current {
      simulated.releases.append(SimulatedHost.StoredRelease(release: target, complete: true))
    }
    return simulated
  }

  /// What to let fail so that the first wave does: the last event in which a command is run or something is checked.
  private func failures(after good: [Entry]) -> [Faults.Appointment] {
    var first: [Int] = []
    for case .noted(.waveBegan(_, let hosts)) in good.lazy.map(\.fact) where first.isEmpty {
      first = hosts
    }
    var last: LifecycleEvent?
    for case .intended(let intent) in good.lazy.map(\.fact) {
      guard case .host(let number) = intent.place, first.contains(number),
        let event = intent.site.event
      else { continue }
      switch intent.operation {
      case .run, .check, .appspec: last = event
      default: continue
      }
    }
    guard let last else { return [] }
    return first.map { .failing(host: $0, last, release: plan.release?.id) }
  }

  private static func secrets(in entries: [Entry]) -> [String] {
    var names: Set<String> = []
    for case .intended(let intent) in entries.lazy.map(\.fact) {
      switch intent.operation {
      case .run(let command):
        for variable in command.environment { names.formUnion(variable.value.secrets) }
        names.formUnion(command.input?.secrets ?? [])
      case .write(_, let content, _, _): names.formUnion(content.secrets)
      default: continue
      }
    }
    return names.sorted()
  }

  /// A rehearsal in which nothing fails can only stop at something that nobody can know before; what the hosts would do from there
  /// (going back) is left out.
  private static func untilUnknown(_ entries: [Entry]) -> (entries: [Entry], unknowns: [String]) {
    var stopped: Set<Int> = []
    var unknowns: [String] = []
    let kept = entries.filter { entry in
      switch entry.fact {
      case .noted(.eventEnded(let host, _, let error?)):
        stopped.insert(host)
        let text = (error.place.map { "\($0): " } ?? "") + error.failure.message
        if !unknowns.contains(text) { unknowns.append(text) }
        return false
      case .intended(let intent):
        if case .host(let number) = intent.place { return !stopped.contains(number) }
        return true
      default: return true
      }
    }
    return (kept, unknowns)
  }
}
