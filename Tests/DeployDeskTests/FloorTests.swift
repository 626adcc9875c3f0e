import DeployCore
import DeployModel
import DeploySimulation
import Testing

@testable import DeployDesk

/// The floor of a deployment whose recipe sets none, and the floor of its rollback.
struct FloorTests {
  /// A strategy with waves of two hosts, which it does not announce in an option.
  private let pairs = "local own = strategy \"own\" (function(r) for b in r.targets:batches(2) do r:wave(b) end end)"
  private let body = "strategy = own, on = { ApplicationStart = function(host) host:run \"start\" end },"

  /// Returns a bench with four hosts that run version 1 and version 2 in the project.
  private func running(_ strategy: String, body more: String = "", faults: Faults = Faults()) async throws -> Bench {
    let text = Bench.text(hosts: 4, body: body + more, more: strategy)
    let first = try Bench(text)
    try await first.deploy()
    return try Bench(text, files: ["app/version": "2\n"], hosts: first.transport.hosts, after: first, faults: faults)
  }

  @Test("a strategy of one's own without a floor keeps what its largest wave leaves in service, also on the way back")
  func own() async throws {
    var faults = Faults()
    faults.appointments = [.failing(host: 3, .applicationStart, release: nil)]
    let end = try await running(pairs, faults: faults).deploy()
    try #require(end.deployments.map(\.conclusion?.status) == [.failed, .succeeded])
    let (plan, back) = (end.deployments[0].plan, end.deployments[1].plan)
    #expect(plan.bounds.floor == 2)
    #expect(back.hosts.count == 3 && back.bounds.floor == 2, "the host that could not be restored serves nothing beside them")
  }

  @Test("a rollback that somebody asks for keeps that floor too")
  func asked() async throws {
    let bench = try await running(pairs)
    try await bench.deploy()
    let selection = try bench.project.project.selection(recipe: nil, group: nil)
    #expect(try await bench.desk.planRollback(of: selection, in: bench.project, straighten: false).bounds.floor == 2)
  }

  @Test("where a rehearsal does not see all waves, one host at a time may be out of service")
  func unseen() async throws {
    let cut =
      "local own = strategy \"own\" (function(r) r:wave(r.targets:take(2)) if here:run(\"x\").stdout ~= \"\" then error \"no\" end "
      + "r:wave(r.targets) end)"
    let shown = try await running(cut).plan()
    try #require(shown.rehearsal.waves == .seen(lowest: 2) || shown.rehearsal.waves == .unknown)
    let hidden = cut.replacing("~= \"\"", with: "== \"\"")
    #expect(try await running(hidden).plan().plan.bounds.floor == 3)
  }

  @Test("a strategy that takes all hosts out together has no floor, and one with a configuration keeps its own")
  func all() async throws {
    let together =
      "local own = strategy \"own\" (function(r) r:wave(r.targets, { upto = \"stop\" }) for b in r.targets:batches(1) do r:wave(b) end end)"
    #expect(try await running(together).plan().plan.bounds.floor == 0)
    #expect(try await running(pairs, body: "configuration = { floor = 3 },").plan().plan.bounds.floor == 3)
  }
}
