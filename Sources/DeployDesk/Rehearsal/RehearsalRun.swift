import DeployCore
package import DeployModel
import DeploySimulation

/// A simulated deployment in which things go wrong. All promises are checked after every event. The same seed gives the same run.
package struct RehearsalRun: Sendable {
  package let seed: UInt64
  /// The number of simulated hosts.
  package let hosts: Int
  /// The deployment and, if it failed, its rollback.
  package let deployments: [(plan: Plan, entries: [Entry])]
  /// The number of events.
  package let events: Int
  /// The duration in simulated time.
  package let duration: Interval
  /// Why the run was stopped early, or nil if it reached its end.
  package let stopped: String?
  /// Descriptions of broken promises. Each broken promise is a bug in lander.
  package let broken: [String]
  /// The limit of a recipe's function that stopped the whole run, or nil if none did.
  package let overrun: Problem?

  /// - Parameters:
  ///   - hosts: the number of simulated hosts, or nil for the group's own hosts.
  ///   - faults: what goes wrong and how often, as typed, such as `failing=2%,crash=1%`, `chaos` or `none`.
  ///   - engine: the version of lander for the journal.
  /// - Throws: an error that lists all problems of the request.
  package init(
    _ asked: Asked, of project: LoadedProject, stage: RehearsalStage, hosts: Int?, faults: String, seed: UInt64, engine: String
  ) throws(Problems) {
    let wanted = try Faults.parse(faults)
    let plan = try Self.plan(asked, project.project, hosts, Self.identity("rehearsal", Self.start, seed, engine))
    let played = Played()
    var simulation = Simulation(
      hosts: (plan.hosts.map(\.host) + plan.ownPartners).map { SimulatedHost(name: $0.name) }, seed: seed, faults: wanted,
      start: plan.origin.at
    ) { plan in
      let scripts = try stage.library.rehearsed(plan, sources: [project.project.sources], as: .faults, hasFaults: true)
      played.all.append(scripts)
      return scripts
    }
    simulation.followUp = { failed, conclusion, at in
      RollbackPlanner.plan(after: failed, conclusion, by: Self.identity("\(failed.id)-back", at, seed, engine))
    }
    simulation.answersGates = true
    simulation.add(plan)
    simulation.limit = 5_000_000 + 20_000 * plan.hosts.count
    simulation.run()
    self.seed = seed
    self.hosts = plan.hosts.count
    deployments = simulation.engines.map { ($0.plan, $0.entries) }
    events = simulation.events
    duration = simulation.duration
    stopped = simulation.stopped
    broken = simulation.checkers.broken.map { "\($0)" }
    overrun = played.all.lazy.compactMap(\.overrun).first
  }

  /// The names of the faults that can be simulated.
  package static var faults: [String] { Faults.names }

  /// The scripts of each deployment in the run.
  private final class Played { var all: [any RehearsedRecipes] = [] }

  /// The time at which every rehearsal begins.
  private static let start = Timestamp(milliseconds: 1_800_000_000_000)

  /// Returns a plan whose identity depends only on the seed.
  private static func plan(_ asked: Asked, _ project: Project, _ hosts: Int?, _ identity: Planner.Identity) throws(Problems) -> Plan {
    var declared = project
    let request = asked.request
    if let hosts { try declared.replaceHosts(of: request, by: fleet(hosts)) }
    let selection = try Selection(request, in: declared, besides: asked.unclear)
    return try Planner.simulated(selection, by: identity)
  }

  /// Returns hosts that are named like `host001` to `host250`.
  private static func fleet(_ count: Int) -> [Host] {
    let width = String(count).count
    return (1...count).map { Host(name: "host" + String(repeating: "0", count: width - String($0).count) + String($0)) }
  }

  private static func identity(_ id: String, _ at: Timestamp, _ seed: UInt64, _ engine: String) -> Planner.Identity {
    Planner.Identity(id: Deployment.ID(id), actor: "rehearsal", at: at, engine: engine, token: id, seed: seed)
  }
}
