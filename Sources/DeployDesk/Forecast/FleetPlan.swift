import DeployCore
import DeployModel
import DeploySimulation

/// The plan of one strategy for a simulated fleet. The fleet runs an earlier release. The plan's floor is the same as in a real plan.
struct FleetPlan: Sendable {
  let plan: Plan
  /// The candidate's name, as people see it.
  let name: String
  private let project: LoadedProject
  private let selection: Selection
  private let identity: Planner.Identity

  /// - Parameters:
  ///   - fleet: the simulated hosts that another strategy's plan has created. If nil, the plan creates `hosts` hosts, or takes the group's
  ///     own hosts if `hosts` is nil too.
  /// - Throws: an error that lists all problems of the request.
  init(
    _ candidate: Forecast.Candidate, fleet: [Host]?, hosts: Int?, _ seed: UInt64, _ stage: RehearsalStage, _ engine: String
  ) throws(Problems) {
    var declared = candidate.project.project
    let request = candidate.asked.request
    if let fleet {
      try declared.replaceHosts(of: request, by: fleet)
    } else if let hosts {
      let own = (try? Selection(request, in: declared))?.hosts ?? []
      try declared.replaceHosts(of: request, by: Self.fleet(hosts, like: own))
    }
    selection = try Selection(request, in: declared, besides: candidate.asked.unclear)
    identity = Planner.Identity(
      id: Deployment.ID("simulation"), actor: "simulation", at: Timestamp(milliseconds: 1_800_000_000_000), engine: engine,
      token: "simulation", seed: seed
    )
    (name, project) = (candidate.name, candidate.project)
    plan = try Self.plan(selection, of: project, 0, stage, identity)
  }

  /// Returns the simulation of the plan. If the waves depend on `math.random`, each run has a plan of its own, because a real plan has the
  /// floor for its own waves.
  func course(on stage: RehearsalStage) -> (UInt64) throws(Problems) -> FleetCourse {
    let isRandom = selection.recipe.needsSeenWaves && project.project.sources.contains(where: Self.isRandom)
    let shared = FleetCourse(plan, of: project, stage)
    return { [self] seed throws(Problems) in
      guard isRandom else { return shared }
      return FleetCourse(try Self.plan(selection, of: project, seed, stage, identity), of: project, stage)
    }
  }

  /// Returns whether a file of the project can get random numbers.
  private static func isRandom(_ file: SourceFile) -> Bool {
    file.path.hasSuffix(".lua") && !file.path.hasPrefix("prelude/") && file.text.contains("random")
  }

  /// - Parameter seed: the seed of the scripts whose waves set the floor.
  private static func plan(
    _ selection: Selection, of project: LoadedProject, _ seed: UInt64, _ stage: RehearsalStage, _ identity: Planner.Identity
  ) throws(Problems) -> Plan {
    let plan = try Planner.simulated(selection, isFresh: false, by: identity)
    guard selection.recipe.needsSeenWaves else { return plan }
    let waves = try seen(plan, of: project, seed, stage)
    return try Planner.simulated(selection, isFresh: false, waves: waves, by: identity)
  }

  /// Returns the waves of a run without faults.
  private static func seen(
    _ plan: Plan, of project: LoadedProject, _ seed: UInt64, _ stage: RehearsalStage
  ) throws(Problems) -> KnownWaves {
    let faults = FleetFaults()
    let draws = FleetDraws(plan.hosts.count, faults, seed: 0, run: 0, pace: .seconds(1))
    let calm = try FleetCourse(plan, of: project, stage).play(draws, faults, seed: seed)
    return calm.conclusion?.status == .succeeded || calm.conclusion?.status == .partial ? .seen(lowest: calm.lowest) : .unknown
  }

  /// Returns hosts with names such as `host001` to `host250`. The tags and variables of the group's own hosts are given to them in turn.
  private static func fleet(_ count: Int, like own: [Host]) -> [Host] {
    let width = String(count).count
    return (1...count).map { number in
      let digits = String(number)
      var host = Host(name: "host" + String(repeating: "0", count: width - digits.count) + digits)
      if !own.isEmpty {
        let like = own[(number - 1) % own.count]
        (host.tags, host.vars) = (like.tags, like.vars)
      }
      return host
    }
  }
}
