import DeployCore
import DeployModel
import DeploySimulation
import Testing

@testable import DeployDesk

/// Tests commands that run no strategy, and stages that are undone, in a group with slots.
@Suite("Slots, beside their deployments")
struct SlotWayTests {
  @Test("a machine that is added cannot join alone; a deployment of the same bundle brings it to all machines on the slot with the traffic")
  func added() async throws {
    let first = try Bench(SlotTests.text)
    try await first.deploy()
    let wide = SlotTests.text.replacing("host \"web2\"", with: "host \"web3\" { root = \"/hosts/web3\" }, host \"web2\"")
    let new = ["web3/blue", "web3/green"].map { Bench.host($0) }
    let bench = try Bench(wide, hosts: first.transport.hosts + new, after: first)
    let join = await refusal { _ = try await bench.desk.joining(DeploymentRequest(only: ["web3"]), of: bench.project) }
    #expect(join.contains("has slots") && join.contains("lander deploy app --revision bundle:DIGEST"), "\(join)")
    let missing = await refusal { _ = try await bench.desk.missing(Asked(DeploymentRequest()), of: bench.project) }
    #expect(missing.contains("--missing") && missing.contains("lander deploy app --revision bundle:DIGEST"), "\(missing)")
    for slot in ["web3/blue", "web3/green"] { #expect(try bench.host(slot).current == nil, "nothing was started") }
    let release = try bench.host("web1/green").current
    let end = try await bench.end(bench.desk.deploy(bench.plan().plan)).deployments.first?.conclusion
    #expect(end?.status == .succeeded, "\(String(describing: end?.error))")
    for name in ["web1/blue", "web2/blue", "web3/blue"] { #expect(try bench.host(name).current == release, "\(name)") }
  }

  private static let migrating = SlotTests.text.replacing(
    "api = 1,",
    with: """
      api = 1,
      stages = {
        stage.upload,
        stage "migrate" {
          once = "revision",
          run = function(deployment) deployment.targets:first():run("up", { cwd = "/" }) end,
          undo = function(deployment) deployment.targets:first():run("down", { cwd = "/" }) end,
        },
        stage.rollout,
      },
      """)

  /// Returns the commands `up` and `down` that ran, in order.
  private static func steps(_ bench: Bench) -> [String] {
    bench.transport.hosts.flatMap { Array($0.jobs) }.compactMap { job in
      if case .run(let command) = job.intent.operation, ["up", "down"].contains(command.line) { command.line } else { nil }
    }
  }

  @Test("a deployment to slots that fails undoes its stages, although no slot that has the traffic was changed")
  func failed() async throws {
    let first = try Bench(Self.migrating)
    try await first.deploy()
    #expect(Self.steps(first) == ["up"])
    let sick = first.transport.hosts.map { host in
      var host = host
      host.commands = { line, _ in
        guard line.hasPrefix("bin/start") else { return nil }
        var command = SimulatedCommand()
        command.status = 1
        return command
      }
      return host
    }
    let bench = try Bench(Self.migrating, files: ["app/version": "2\n"], hosts: sick, after: first)
    let end = try await bench.end(bench.desk.deploy(bench.plan().plan))
    #expect(end.deployments.first?.conclusion?.status == .failed)
    #expect(Self.steps(bench) == ["up", "up", "down"], "\(Self.steps(bench))")
  }

  @Test("a rollback of slots undoes no stage, because a slot still runs its revision, and says so before it starts")
  func asked() async throws {
    let bench = try Bench(Self.migrating)
    try await bench.deploy()
    bench.files["app/version"] = "2\n"
    let newer = try await bench.plan().plan
    let second = newer.content.inputs.bundle
    _ = try await bench.end(bench.desk.deploy(newer))
    let selection = try bench.project.project.selection(recipe: nil, group: nil)
    let plan = try await bench.desk.planRollback(of: selection, in: bench.project, straighten: false)
    let said = bench.events.map { "\($0)" }.joined(separator: "\n")
    #expect(said.contains("is not undone: the slot that loses the traffic keeps running that revision"), "\(said)")
    #expect(said.contains("undo the stage by hand, first stop the application") && said.contains("--again migrate"), "\(said)")
    _ = try await bench.end(bench.desk.deploy(plan))
    #expect(Self.steps(bench) == ["up", "up"])
    let left = try bench.transport.hosts.filter { host in
      try #require(host.releases.first { $0.release.id == host.current }).release.bundle == second
    }
    #expect(left.count == 2, "on each machine, a slot still runs the revision of the stage: \(left.map(\.name))")
  }
}
