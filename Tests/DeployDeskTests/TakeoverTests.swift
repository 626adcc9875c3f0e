import DeployModel
import DeploySimulation
import PlanDrafts
import Testing

@testable import DeployDesk

/// Tests interrupted deployments whose hosts newer deployments take over.
struct TakeoverTests {
  private static let text = Bench.text(
    body: "strategy = rolling, on = { ApplicationStart = function(host) host:run \"start\" end },")

  /// Returns release 2 after it was interrupted in its first wave, and after somebody removed its locks.
  private func left() async throws -> (bench: Bench, id: Deployment.ID) {
    let first = try Bench(Self.text)
    try await first.deploy()
    let bench = try Bench(Self.text, files: ["app/version": "2\n"], hosts: first.transport.hosts, after: first)
    let plan = try await bench.plan().plan
    _ = try await bench.leave(bench.desk.deploy(plan)) { await $0.hasBegunWave(of: plan.id) }
    return (bench, plan.id)
  }

  /// Returns a bench with a newer version of the project, after the locks on the hosts were removed.
  private func next(_ number: Int, after bench: Bench) throws -> Bench {
    var hosts = bench.transport.hosts
    for index in hosts.indices { hosts[index].lock = nil }
    return try Bench(Self.text, files: ["app/version": "\(number)\n"], hosts: hosts, after: bench)
  }

  private func state(_ bench: Bench, _ id: Deployment.ID) async throws -> DeploymentSummary {
    try #require(try await bench.desk.past.deployments().first { $0.id == id })
  }

  @Test("an interrupted deployment stays open until newer deployments have taken over all of its hosts; then it is superseded")
  func superseded() async throws {
    let (bench, id) = try await left()
    let before = try await state(bench, id)
    #expect(before.state == .interrupted && before.takenOver.isEmpty)
    let third = try next(3, after: bench)
    try await third.deploy(DeploymentRequest(only: ["h1"]))
    let partly = try await state(third, id)
    #expect(partly.state == .interrupted && partly.takenOver == ["h1"])
    #expect(try await third.desk.past.pair(nil, or: [.interrupted, .running]).first.id == id)

    let fourth = try next(4, after: third)
    let newest = try await fourth.deploy().deployments[0].plan.id
    #expect(try await state(fourth, id).state == .superseded(by: newest))
    expectText(
      await refusal { _ = try await fourth.desk.past.pair(nil, or: [.interrupted, .running]) },
      "no deployment made from here is open: all have ended\n  → lander history lists them\n")
    let pair = try await fourth.desk.past.pair(of: id)
    #expect(pair.state == .superseded)
    let serving = fourth.transport.hosts.map(\.current)
    let text = await refusal { _ = try await fourth.desk.resume(pair) }
    #expect(text.contains("deployment \(newest) has taken over its hosts since"), "\(text)")
    #expect(text.contains("→ lander status --group test"), "\(text)")
    #expect(fourth.transport.hosts.map(\.current) == serving)
    let entries = await (bench.journal.entries(of: id).entries, fourth.journal.entries(of: id).entries)
    #expect(entries.0 == entries.1)
  }

  @Test("hosts that have seen a higher fence say that a deployment from elsewhere took over, though this journal does not know it")
  func elsewhere() async throws {
    let (bench, id) = try await left()
    var states = bench.transport.hosts.map { host in
      var state = HostState(facts: HostFacts(shell: "dash", user: "root", bootID: "b", freeBytes: 1, freeInodes: 1))
      state.fence = host.fence.number
      return state
    }
    let selection = try bench.project.project.selection(recipe: nil, group: nil)
    func seen() async throws -> DeploymentSummary? {
      let found = Surveyed(selection: selection, surveys: states.map { .reached($0) })
      return try await bench.desk.past.deployments(seeing: [found]).first { $0.id == id }
    }
    #expect(try await seen()?.state == .interrupted)
    states[0].fence += 1
    #expect(try await seen()?.takenOver == ["h1"])
    states[1].fence += 1
    #expect(try await seen()?.state == .superseded(by: nil))
    states[1].lock = Lock(
      deployment: "far", token: "t", owner: "kim@laptop", purpose: "deploy", since: bench.desk.now, fence: states[1].fence, leaseLeft: 60)
    #expect(try await seen()?.state == .superseded(by: "far"))
  }

  @Test("a newer deployment of hosts of the same name in another folder takes nothing over")
  func otherFolder() async throws {
    let (bench, id) = try await left()
    let other = try Bench(
      Self.text.replacing("/srv/app", with: "/srv/other"), hosts: bench.transport.hosts.map { Bench.host($0.name) }, after: bench)
    try await other.deploy()
    let after = try await state(other, id)
    #expect(after.state == .interrupted && after.takenOver.isEmpty)
  }
}
