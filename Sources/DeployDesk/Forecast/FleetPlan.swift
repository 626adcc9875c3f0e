import DeployCore
import DeployModel
import DeploySimulation

/// The plan of one strategy for a simulated fleet. The fleet runs an earlier release. The plan's floor is the same as in a real plan.
struct FleetPlan: Sendable {
  let plan: Plan

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
    let selection = try Selection(request, in: declared, besides: candidate.asked.unclear)
    let identity = Planner.Identity(
      id: Deployment.ID("simulation"), actor: "simulation", at: Timestamp(milliseconds: 1_800_000_000_000), engine: engine,
      token: "simulation", seed: seed
    )
    var plan = try Planner.simulated(selection, isFresh: false, by: identity)
    if selection.recipe.needsSeenWaves {
      let waves = try Self.seen(plan, of: candidate.project, stage)
      plan = try Planner.simulated(selection, isFresh: false, waves: waves, by: identity)
    }
    self.plan = plan
  }

  /// Returns the waves of a run without faults.
  private static func seen(_ plan: Plan, of project: LoadedProject, _ stage: RehearsalStage) throws(Problems) -> KnownWaves {
    let faults = FleetFaults()
    let draws = FleetDraws(plan.hosts.count, faults, seed: 0, run: 0, pace: .seconds(1))
    let calm = try FleetCourse(plan, of: project, stage).play(draws, faults, seed: 0)
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
