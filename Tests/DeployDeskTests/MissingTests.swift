import DeployCore
import DeployModel
import DeployReport
import DeploySimulation
import Testing

@testable import DeployDesk

/// Tests `lander deploy --missing`, which brings a group's revision to the hosts that lack it.
struct MissingTests {
  private static func text(_ hosts: Int = 4, _ body: String = "strategy = rolling { batch = 1 },") -> String {
    Bench.text(
      hosts: hosts,
      body: """
        \(body)
        params = { size = param.integer { default = 1 } },
        on = { ApplicationStart = function(host) host:run "start" end },
        """)
  }

  private static let stopping = """
    strategy = strategy "first" (function(rollout)
      local first, rest = rollout.targets:split(1)
      rollout:wave(first)
      if #rest > 0 then rollout:stop "the rest on Monday" end
    end),
    """

  private func next(_ version: Int, after bench: Bench, _ text: String = MissingTests.text(), faults: Faults = Faults()) throws -> Bench {
    try Bench(text, files: ["app/version": "\(version)\n"], hosts: bench.transport.hosts, after: bench, faults: faults)
  }

  private func wanted(_ bench: Bench, _ request: DeploymentRequest = DeploymentRequest()) async throws -> Joining {
    try await bench.desk.missing(Asked(request), of: bench.project)
  }

  private func bring(_ bench: Bench, _ request: DeploymentRequest = DeploymentRequest()) async throws -> RunEnd? {
    guard let planned = try await bench.desk.planMissing(Asked(request), of: bench.project).planned else { return nil }
    return try await bench.end(bench.desk.deploy(planned.plan))
  }

  private func plan(_ bench: Bench) async throws -> Plan {
    try #require(try await bench.desk.planMissing(Asked(DeploymentRequest()), of: bench.project).planned).plan
  }

  private func advice(_ bench: Bench) async throws -> MissingHosts? {
    try await bench.desk.past.missing(in: await bench.desk.survey(bench.project.project.selection(recipe: nil, group: nil)))
  }

  private static func each(_ names: [String], _ why: String) -> String { names.map { "\($0) (\(why))" }.joined(separator: ", ") }

  @Test("hosts that were left out get the last good revision in growing waves, with the parameters of then; twice is once")
  func catchesUp() async throws {
    let bench = try Bench(Self.text())
    try await bench.deploy(DeploymentRequest(only: ["h1", "h2"], parameters: [Value.Member("size", .text("7"))]))
    let stable = try #require(bench.transport.hosts[0].current)
    let receipt = try #require(bench.transport.hosts[0].receipt)
    let changed = try next(2, after: bench)
    let command = try #require(try await advice(changed))
    #expect(command.command == "lander deploy app --group test --missing" && command.hosts.map(\.name) == ["h3", "h4"])
    #expect(command.hosts.map(\.words) == ["left out by --only", "left out by --only"])
    let plan = try await plan(changed)
    #expect(plan.hosts.map(\.host.name) == ["h3", "h4"] && plan.flow.strategy == nil)
    #expect(plan.flow.joins == receipt.deployment && plan.flow.missing == receipt.deployment)
    let end = try #require(try await bring(changed))
    #expect(end.deployments.map(\.conclusion?.status) == [.succeeded])
    #expect(changed.transport.hosts.map(\.current) == [stable, stable, stable, stable])
    #expect(changed.transport.hosts.map { $0.receipt?.inputs } == Array(repeating: receipt.inputs, count: 4))
    let first = bench.transport.hosts.compactMap(\.receipt?.at).max()
    #expect(changed.transport.hosts[3].receipt?.origin == first, "it says since when the group has that")
    #expect(changed.transport.hosts[3].receipt?.trial != true)
    let count = await changed.journal.deployments().count
    #expect(try await bring(changed) == nil)
    #expect(try await advice(changed) == nil)
    #expect(await changed.journal.deployments().count == count, "nothing is in the journal")
  }

  @Test("a host that is unreachable is left out and named, and gets it when it is back")
  func absent() async throws {
    let first = try Bench(Self.text())
    try await first.deploy()
    let second = try next(2, after: first)
    try await second.deploy(DeploymentRequest(only: ["h1", "h2"]))
    let new = try #require(second.transport.hosts[0].current)
    let files = ["app/version": "2\n"]
    // A host that the simulation does not have is unreachable.
    let third = try Bench(Self.text(), files: files, hosts: second.transport.hosts.filter { $0.name != "h4" }, after: second)
    let found = try await wanted(third)
    #expect(found.away == ["h4"] && found.settled == ["h1", "h2"])
    let said = "Unreachable and left out: h4. When it is back: lander deploy app --group test --missing"
    #expect(third.events.contains { if case .remark(let text) = $0 { text == said } else { false } }, "\(third.events)")
    #expect(try await bring(third)?.deployments.map(\.conclusion?.status) == [.succeeded])
    #expect(third.transport.hosts.map(\.current) == [new, new, new])
    let only = try await wanted(third)
    #expect(only.deployment == nil && only.away == ["h4"], "all that answer have it")
    let fourth = try Bench(Self.text(), files: files, hosts: third.transport.hosts + second.transport.hosts.suffix(1), after: third)
    #expect(try await bring(fourth)?.deployments.map(\.conclusion?.status) == [.succeeded])
    #expect(fourth.transport.hosts.map(\.current) == [new, new, new, new])
  }

  @Test("what a strategy stopped on purpose is finished without it, and is good on all hosts then; a rollback goes to what was before")
  func partial() async throws {
    let first = try Bench(Self.text())
    try await first.deploy()
    let old = try #require(first.transport.hosts[0].current)
    let second = try next(2, after: first, Self.text(4, Self.stopping))
    #expect(try await second.deploy().deployments.map(\.conclusion?.status) == [.partial])
    let new = try #require(second.transport.hosts[0].current)
    #expect(second.transport.hosts.map(\.current) == [new, old, old, old] && second.transport.hosts[0].receipt?.trial == true)
    let found = try #require(try await advice(second))
    #expect(found.goal.trial == true && found.list == Self.each(["h2", "h3", "h4"], "left when the strategy stopped"))
    let part = await refusal { _ = try await wanted(second, DeploymentRequest(only: ["h2"])) }
    #expect(part.contains("this would leave h3, h4") && part.contains("--revision bundle:"), "\(part)")
    let plan = try await plan(second)
    #expect(plan.hosts.map(\.action) == [.unchanged, .change, .change, .change] && plan.flow.strategy == nil && plan.flow.joins == nil)
    #expect(try await bring(second)?.deployments.map(\.conclusion?.status) == [.succeeded])
    #expect(second.transport.hosts.map(\.current) == [new, new, new, new])
    #expect(second.transport.hosts.allSatisfy { $0.receipt?.trial != true })
    #expect(try await bring(second) == nil)
    let back = try await second.desk.planRollback(
      of: try second.project.project.selection(recipe: nil, group: nil), in: second.project, straighten: false)
    #expect(back.content.release?.id == old)
  }

  @Test("what a failed deployment left on a host that went away is replaced; with a journal that does not know it, nothing is guessed")
  func failed() async throws {
    let first = try Bench(Self.text())
    try await first.deploy()
    let old = try #require(first.transport.hosts[0].current)
    let second = try next(2, after: first)
    try await second.deploy(DeploymentRequest(only: ["h4"]))
    let left = try #require(second.transport.hosts[3].receipt)
    second.transport.change("h4") { $0.receipt?.trial = true }
    let unknown = await refusal { _ = try await wanted(second) }
    #expect(unknown.contains("h4: it has release") && unknown.contains("the state folder that made it (--state) knows that"), "\(unknown)")
    let ground = try JoinGround(
      second.project.project.selection(recipe: nil, group: nil),
      await second.desk.survey(second.project.project.selection(recipe: nil, group: nil)).surveys,
      .missing(stopped: [], ended: [left.deployment]), joining: { _ in true })
    #expect(ground.goal.release.id == old && ground.joining.map(\.name) == ["h4"])
  }

  @Test("a host that fails goes back to what it ran, with the others of the same command, and nothing newer seems to be in the group")
  func failing() async throws {
    let first = try Bench(Self.text())
    try await first.deploy()
    let old = try #require(first.transport.hosts[0].current)
    let second = try next(2, after: first)
    try await second.deploy(DeploymentRequest(only: ["h1"]))
    let new = try #require(second.transport.hosts[0].current)
    var faults = Faults()
    faults.appointments = [.failing(host: 2, .applicationStart, release: new)]
    let third = try next(2, after: second, faults: faults)
    let end = try #require(try await bring(third))
    #expect(end.deployments.map(\.conclusion?.status) == [.failed, .succeeded])
    #expect(third.transport.hosts.map(\.current) == [new, old, old, old])
    let fourth = try next(2, after: third)
    #expect(try await bring(fourth, DeploymentRequest(only: ["h2", "h3"]))?.deployments.map(\.conclusion?.status) == [.succeeded])
    #expect(fourth.transport.hosts.map(\.current) == [new, new, new, old], "only what was named")
  }

  @Test("with nothing good, with words that say something else, and while a deployment is under way it is refused with the next step")
  func refusals() async throws {
    let empty = try Bench(Self.text())
    let none = await refusal { _ = try await wanted(empty) }
    #expect(none.contains("remembers a good revision, so there is none to bring") && none.contains("lander deploy app"), "\(none)")
    #expect(try await advice(empty) == nil)
    let first = try Bench(Self.text())
    try await first.deploy(DeploymentRequest(only: ["h1", "h2"]))
    var request = DeploymentRequest(revision: "app", parameters: [Value.Member("size", .text("2"))], force: true)
    request.again = ["migrate"]
    let words = await refusal { _ = try await wanted(first, request) }
    for word in ["--revision", "--force", "--again", "--size"] { #expect(words.contains("\(word): it has no meaning"), "\(words)") }
    let stranger = await refusal { _ = try await wanted(first, DeploymentRequest(only: ["web9"])) }
    #expect(stranger.contains("no host of group \"test\" is called \"web9\""), "\(stranger)")
    let second = try next(2, after: first)
    let plan = try await second.plan(DeploymentRequest(only: ["h1", "h2"])).plan
    _ = try await second.leave(second.desk.deploy(plan)) { await $0.hasBegunWave(of: plan.id) }
    let busy = await refusal { _ = try await wanted(second) }
    #expect(busy.contains("deployment \(plan.id) of me@bench is under way in group \"test\"") && busy.contains("run this again"), "\(busy)")
    #expect(try await advice(second) == nil, "status does not advise what is refused")
  }
}
