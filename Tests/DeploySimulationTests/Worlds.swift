import DeployCore
import DeployModel
import DeploySimulation
import Foundation
import PlanDrafts

/// Small simulated worlds for the tests in this folder, with a recipe in Swift.
enum Worlds {
  static let old = Release(id: "aaaaaaaaaaaa", bundle: Digest(hex: String(repeating: "a", count: 64)))
  static let new = Release(id: "bbbbbbbbbbbb", bundle: Digest(hex: String(repeating: "b", count: 64)))
  static let third = Release(id: "cccccccccccc", bundle: Digest(hex: String(repeating: "c", count: 64)))
  static let sources = Digest(hex: String(repeating: "5", count: 64))

  static func inputs(_ release: Release) -> Receipt.Inputs {
    Receipt.Inputs(bundle: release.bundle, sources: sources, parameters: .record([]), shared: [], secrets: [])
  }

  /// Returns hosts that an earlier deployment left with the old release. With `fresh`, they have no release.
  static func hosts(_ count: Int, fresh: Bool = false) -> [SimulatedHost] {
    (0..<count).map { number in
      var host = SimulatedHost(name: "web\(number + 1)")
      guard !fresh else { return host }
      host.releases = [SimulatedHost.StoredRelease(release: old, complete: true)]
      host.current = old.id
      host.receipt = Receipt(
        application: "shop", group: "production", release: old, inputs: inputs(old), deployment: "before", recipe: "web", actor: "a@b",
        at: Timestamp(milliseconds: 1))
      host.sources = [sources]
      host.fence = SimulatedHost.Fence(number: 1, token: "before")
      return host
    }
  }

  /// The hooks by event. Function 0 is the strategy.
  static let hooks = [
    Recipe.Hook(event: .applicationStop, function: 1), Recipe.Hook(event: .afterInstall, function: 2),
    Recipe.Hook(event: .applicationStart, function: 3), Recipe.Hook(event: .validateService, function: 4),
  ]

  static func scripts(batch: Int, stubborn: Bool = false) -> (Plan) -> any Scripts {
    { plan in
      let all = Array(plan.hosts.indices)
      return SwiftScripts([
        stubborn ? SwiftScripts.stubborn(batch, hosts: all) : SwiftScripts.rolling(batch, hosts: all), SwiftScripts.commands(["stop"]),
        SwiftScripts.commands(["bin/setup", "bin/warm"]), SwiftScripts.commands(["start"]), SwiftScripts.check(port: 8080),
      ])
    }
  }

  static func plan(
    for hosts: [SimulatedHost], id: String = "d1", to release: Release = new, batch: Int = 1, failed: Int = 0, unreachable: Int = 0,
    fence: Int = 2,
    expects: Bool = true
  ) -> Plan {
    PlanDraft(
      id: Deployment.ID(id), application: "shop", recipe: "web", group: "production", actor: "me@here", at: Timestamp(milliseconds: 2),
      engine: "1",
      bundle: Bundle(digest: release.bundle, files: 10, bytes: 1000, source: "dist"), release: release,
      recipes: [PinnedRecipe(name: "web", sources: sources, hooks: hooks)],
      hosts: hosts.enumerated().map { number, host in
        let same = host.receipt?.inputs == inputs(release) && host.current == release.id
        return HostPlan(
          host: DeployModel.Host(number: number, name: host.name), action: same ? .unchanged : .change, target: release,
          previous: host.receipt,
          current: host.current, restoring: host.receipt == nil ? nil : 0, stages: host.current != release.id)
      },
      stages: [.upload, .rollout(Strategy(name: "rolling", function: 0, batch: .count(batch)))],
      bounds: Bounds(floor: max(0, hosts.count - batch), parallel: batch, failed: failed, unreachable: unreachable),
      placement: Placement(path: "/srv/shop"),
      inputs: inputs(release), lock: LockRequest(token: "token-\(id)", owner: "me@here", purpose: "deploy web of shop", fence: fence),
      trial: true, prunesLast: true, tracksService: true, rules: .newest
    ).plan
  }

  /// Returns the selection of a group with this number of hosts, as a project declares it.
  static func selection(_ count: Int) throws -> Selection {
    let hosts = (0..<count).map { DeployModel.Host(name: "web\($0 + 1)") }
    let recipe = Recipe(
      name: "web", application: "shop", targets: .hosts(DeploymentGroup(name: "production", hosts: hosts)),
      placement: Placement(path: "/srv/shop"),
      flow: Recipe.Flow(hooks: hooks))
    return try Selection(DeploymentRequest(), in: Project(recipes: [recipe]))
  }

  /// Returns the plan that the planner makes from these surveys.
  static func planned(to surveys: [Survey], id: String, release: Release = new, lapse: Lapse? = nil) throws -> Plan {
    try Planner.deployment(
      Planner.Input(
        selection: try selection(surveys.count), release: release,
        bundle: Bundle(digest: release.bundle, files: 10, bytes: 1000, source: "dist"), manifest: Manifest(items: []), sources: sources,
        surveys: surveys, lapse: lapse),
      by: identity(id))
  }

  /// Returns the plan that `lander rollback` makes from these surveys.
  static func rollback(_ surveys: [Survey], id: String, lapse: Lapse? = nil) throws -> Plan {
    try RollbackPlanner.plan(
      try selection(surveys.count), surveys: surveys, kept: [PinnedRecipe(name: "web", sources: sources, hooks: hooks)], lapse: lapse,
      by: identity(id))
  }

  static func identity(_ id: String) -> Planner.Identity {
    Planner.Identity(id: Deployment.ID(id), actor: "me@here", at: Timestamp(milliseconds: 2), engine: "1", token: "token-\(id)", seed: 0)
  }

  static func simulation(
    _ count: Int = 3, batch: Int = 2, seed: UInt64 = 1, faults: Faults = Faults(), failed: Int = 0, unreachable: Int = 0,
    stubborn: Bool = false
  ) -> Simulation {
    let hosts = hosts(count)
    var simulation = Simulation(hosts: hosts, seed: seed, faults: faults, scripts: scripts(batch: batch, stubborn: stubborn))
    simulation.limit = 50_000
    simulation.followUp = { plan, conclusion, now in back(plan, conclusion, now) }
    simulation.add(plan(for: hosts, batch: batch, failed: failed, unreachable: unreachable))
    return simulation
  }

  static func back(_ plan: Plan, _ conclusion: Conclusion, _ now: Timestamp) -> Plan? {
    RollbackPlanner.plan(
      after: plan, conclusion,
      by: Planner.Identity(
        id: "\(plan.id)-back", actor: plan.origin.actor, at: now, engine: plan.origin.engine, token: "token-\(plan.id)-back", seed: 0))
  }

  /// Returns how worlds with one crash differ from the undisturbed one, for each instant at which an engine can die.
  static func differences(from undisturbed: Simulation, _ crashed: (Int) -> Simulation) -> [String] {
    let outcome = outcome(undisturbed)
    var differences: [String] = []
    for point in 0..<undisturbed.crashPoints {
      let simulation = crashed(point)
      if let broken = simulation.checkers.broken.first { differences.append("crash \(point): \(broken)") }
      if let stopped = simulation.stopped { differences.append("crash \(point): \(stopped)") }
      if Self.outcome(simulation) != outcome { differences.append("crash \(point): \(Self.outcome(simulation))") }
    }
    return differences
  }

  /// Describes the hosts at the end, without values that differ in every run.
  static func outcome(_ simulation: Simulation) -> [String] {
    simulation.hosts.map { host in
      "\(host.name) \(host.current ?? "-") \(host.receipt?.release.id ?? "-") \(host.lock == nil ? "free" : "locked") \(ledger(host))"
    }
  }

  /// Returns the commands that ran on a host, in order, and how often each ran.
  static func ledger(_ host: SimulatedHost) -> [String] {
    host.jobs.compactMap { job in
      guard case .run(let command) = job.intent.operation else { return nil }
      return "\(job.deployment) \(command.line) x\(job.runs)"
    }
  }

  /// Returns the number in an environment variable; without it, the standard number.
  static func count(_ standard: Int, variable: String) -> Int {
    ProcessInfo.processInfo.environment[variable].flatMap { Int($0) } ?? standard
  }

  /// Prints a figure to the standard error of the test run.
  static func report(_ figure: String) {
    try? FileHandle.standardError.write(contentsOf: Data("figure: \(figure)\n".utf8))
  }
}
