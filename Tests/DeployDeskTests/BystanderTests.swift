import DeployCore
import DeployModel
import DeploySimulation
import PlanDrafts
import Testing

@testable import DeployDesk

/// Tests deployments to a part of a group, whose floor is that of the whole group.
struct BystanderTests {
  private let text = Bench.text(
    hosts: 3, body: "configuration = { floor = 2 }, on = { ApplicationStart = function(host) host:run \"x\" end },")

  /// Returns three hosts that run version 1, and a project with version 2.
  private func running() async throws -> Bench {
    let first = try Bench(text)
    try await first.deploy()
    return try Bench(text, files: ["app/version": "2\n"], hosts: first.transport.hosts, after: first)
  }

  /// Changes a host as an engine leaves it that died after it had switched to another release.
  private let leftHalfway: @Sendable (inout SimulatedHost) -> Void = { host in
    let left = Release(id: "cccccccccccc", bundle: Digest(hex: String(repeating: "c", count: 64)))
    host.releases.append(SimulatedHost.StoredRelease(release: left, complete: true))
    host.current = left.id
  }

  private func plan(_ bench: Bench) async throws -> Plan {
    try await bench.desk.plan(Asked(DeploymentRequest(only: ["h1"])), of: bench.project).plan
  }

  @Test("hosts that are left alone and serve keep their part of the floor")
  func fine() async throws {
    let plan = try await plan(running())
    #expect(plan.bounds.floor == 0 && plan.hosts.map(\.host.name) == ["h1"])
  }

  @Test("one that is left alone and does not serve, is unreachable, is being deployed to or was left wrong is not counted on")
  func missing() async throws {
    for change: @Sendable (inout SimulatedHost) -> Void in [
      { $0.current = nil },
      { $0.failedRestore = FailedRestore(deployment: "d9", message: "it does not start", commands: []) },
      leftHalfway,
    ] {
      let bench = try await running()
      bench.transport.change("h2", change)
      let text = await refusal { _ = try await plan(bench) }
      #expect(text.contains("because 1 of the 2 other hosts of the group serve: none may be taken out of service"), "\(text)")
    }
    let held = Lock(deployment: "d8", token: "t", owner: "o", purpose: "p", since: Timestamp(milliseconds: 0), fence: 9, leaseLeft: 30)
    var state = HostState.fresh
    state.current = "r1"
    #expect(Bystanders([.reached(state), .unreachable(Failure(.unreachable, "no route"))]).serving == 1)
    state.lock = held
    #expect(Bystanders([.reached(state)]).serving == 0, "a deployment may take it out at any moment")
    state.lock?.leaseLeft = 0
    #expect(Bystanders([.reached(state)]).serving == 1)
  }

  @Test("without a floor that somebody gave nobody is asked who is left alone")
  func unasked() async throws {
    let first = try Bench(Bench.text(hosts: 3))
    try await first.deploy()
    first.transport.change("h2") { $0.current = nil }
    let plan = try await first.desk.plan(Asked(DeploymentRequest(only: ["h1"], force: true)), of: first.project).plan
    #expect(plan.bounds.floor == 0)
  }

  @Test("without a floor they are asked if hosts remember stages, and all count as serving")
  func remembering() async throws {
    let stage = "stage \"migrate\" { once = \"revision\", on = \"host\", run = function(host) host:run \"migrate\" end }"
    let first = try Bench(Bench.text(hosts: 2, body: "stages = { stage.upload, \(stage), stage.rollout },"))
    try await first.deploy(DeploymentRequest(only: ["h1"]))
    first.transport.change("h1") { $0.current = nil }
    let plan = try await first.desk.plan(Asked(DeploymentRequest(only: ["h2"])), of: first.project).plan
    #expect(plan.flow.stages.compactMap(\.terms).contains { if case .ran? = $0.settled { true } else { false } })
    #expect(plan.bounds.floor == 0)
  }

  @Test("a host that could not be taken back counts neither as serving nor as healthy, and goes first")
  func unrestored() async throws {
    let bench = try await running()
    bench.transport.change("h3") { $0.failedRestore = FailedRestore(deployment: "d9", message: "it does not start", commands: []) }
    let plan = try await bench.plan().plan
    #expect(plan.hosts.map(\.serves) == [true, true, false] && plan.hosts.map(\.isHealthy) == [true, true, false])
    #expect(plan.order == [2, 0, 1] && plan.bounds.floor == 2)
    #expect(try await bench.deploy().deployments.map(\.conclusion?.status) == [.succeeded])
  }

  @Test("a host that was left between two releases, with a receipt of the old one, does not count as serving, and goes first")
  func halfway() async throws {
    let bench = try await running()
    bench.transport.change("h3", leftHalfway)
    let plan = try await bench.plan().plan
    #expect(plan.hosts.map(\.serves) == [true, true, false] && plan.order == [2, 0, 1])
  }
}
