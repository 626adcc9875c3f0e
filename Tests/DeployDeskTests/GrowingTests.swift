import DeployCore
import DeployModel
import DeployReport
import DeploySimulation
import Testing

@testable import DeployDesk

/// How a recipe without a strategy is deployed.
struct GrowingTests {
  private let hook = "on = { ApplicationStart = function(host) host:run \"start\" end },"

  private func rehearsed(_ body: String, hosts: Int, faults: String) throws -> RehearsalRun {
    let bench = try Bench(Bench.text(body: body))
    return try RehearsalRun(
      Asked(DeploymentRequest()), of: bench.project, stage: bench.desk.stage, hosts: hosts, faults: faults, seed: 4, engine: "test")
  }

  /// Returns the sizes of the waves that were begun, and the hosts that were changed.
  private func story(_ run: RehearsalRun) -> (waves: [Int], exposed: Set<Int>) {
    var (waves, exposed): ([Int], Set<Int>) = ([], [])
    for entry in run.deployments.first?.entries ?? [] {
      switch entry.fact {
      case .noted(.waveBegan(_, let hosts, _)): waves.append(hosts.count)
      case .noted(.host(let host, .changing)): exposed.insert(host)
      default: break
      }
    }
    return (waves, exposed)
  }

  @Test("a release that fails on its first host exposes exactly 1 of 1,000 hosts without any configuration")
  func firstFails() throws {
    let run = try rehearsed(hook, hosts: 1000, faults: "failing=100%")
    let (waves, exposed) = story(run)
    #expect(waves == [1] && exposed.count == 1)
    #expect(run.broken == [] && run.stopped == nil)
    #expect(run.deployments[0].entries.contains { if case .concluded(let end) = $0.fact { end.status == .failed } else { false } })
  }

  @Test("a budget does not let a release that fails on its first host go on")
  func budget() throws {
    let careful = hook + "configuration = { floor = \"50%\", budget = { failed = \"20%\" } },"
    #expect(story(try rehearsed(careful, hosts: 1000, faults: "failing=100%")).exposed.count == 1)
  }

  @Test("without a strategy the first wave is one host, and each further one makes four times as many")
  func waves() throws {
    #expect(story(try rehearsed(hook, hosts: 100, faults: "none")).waves == [1, 3, 12, 48, 36])
    #expect(story(try rehearsed(hook, hosts: 2, faults: "none")).waves == [1, 1])
  }

  @Test("the plan says how it goes, and keeps a floor of what the largest wave leaves")
  func planned() async throws {
    let planned = try await Bench(Bench.text(hosts: 6, body: hook)).plan()
    #expect(planned.plan.flow.stages.map(\.sentence) == ["upload", "rollout (growing)"])
    #expect(planned.plan.bounds.floor == 0, "nothing serves before the first deployment")
    let first = try Bench(Bench.text(hosts: 6, body: hook))
    try await first.deploy()
    let next = try Bench(Bench.text(hosts: 6, body: hook), files: ["app/version": "2\n"], hosts: first.transport.hosts, after: first)
    #expect(try await next.plan().plan.bounds.floor == 3, "waves of 1, 3 and 2")
  }

  @Test("under CodeDeploy's rule all hosts are one wave, as many at once as it allows")
  func codeDeploy() async throws {
    let body = hook + "configuration = \"CodeDeployDefault.HalfAtATime\","
    let planned = try await Bench(Bench.text(hosts: 9, body: body)).plan(connecting: false)
    #expect(planned.plan.flow.stages.map(\.sentence) == ["upload", "rollout (one wave)"])
    #expect(planned.plan.bounds.healthy == 5)
    #expect(planned.plan.bounds.sentence(of: 9) == "5 of 9 have to stay healthy, as CodeDeploy counts, so at most 4 at once")
    #expect(story(try rehearsed(body, hosts: 9, faults: "none")).waves == [9])
  }
}
