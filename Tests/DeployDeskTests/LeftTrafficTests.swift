import DeployModel
import DeploySimulation
import Testing

@testable import DeployDesk

/// What a rollback says about traffic that an earlier deployment shifted.
struct LeftTrafficTests {
  /// - Parameter end: the code of the strategy after the shift.
  private static func text(_ end: String) -> String {
    Bench.text(
      body: """
        strategy = own,
        on = { ApplicationStart = function(host) host:run "start" end },
        traffic = {
          pools = { "blue", "green" },
          read = function() return now end,
          weight = function(w)
            here:run(string.format("lb %d %d", w.blue, w.green))
            now = { blue = w.blue, green = w.green }
          end,
        },
        """,
      more: """
        local now = { blue = 100, green = 0 }
        local own = strategy "own" (function(rollout)
          for batch in rollout.targets:batches(1) do
            rollout:wave(batch)
            rollout:shift { weights = { blue = 40, green = 60 } }
            \(end)
          end
        end)
        """)
  }

  private func left(_ end: String, faults: Faults = Faults()) async throws -> LeftTraffic? {
    let bench = try Bench(Self.text(end), faults: faults)
    let end = try await bench.deploy()
    #expect(end.deployments.first?.conclusion != nil)
    let selection = try bench.project.project.selection(recipe: nil, group: nil)
    return try await bench.desk.leftTraffic(of: selection, in: bench.project)
  }

  @Test("a deployment that stopped on purpose with shifted weights is named to who rolls back, with the commands that put them back")
  func stopped() async throws {
    let left = try #require(try await left("rollout:stop \"the rest on Monday\""))
    #expect(left.now.sentence == "blue 40 %, green 60 %" && left.before.sentence == "blue 100 %, green 0 %")
    #expect(left.commands == ["lb 100 0"])
    #expect(
      left.lines == [
        "A rollback moves no traffic: deployment \(left.deployment) left it at blue 40 %, green 60 %, "
          + "and it was blue 100 %, green 0 % before.",
        "  → to put it back, as traffic.weight of the recipe does:", "      lb 100 0",
      ])
  }

  @Test("nothing is said of traffic that a deployment put back, or brought where it was to go")
  func fine() async throws {
    #expect(try await left("") == nil)
    var faults = Faults()
    faults.appointments = [.failing(host: 1, .applicationStart, release: nil)]
    #expect(try await left("", faults: faults) == nil)
  }

  @Test("a rollback of a good release whose traffic is shared is refused with the deployment that goes back; one of a single host is not")
  func pools() async throws {
    let first = try Bench(Self.text(""))
    try await first.deploy()
    let bench = try Bench(Self.text(""), files: ["app/version": "2\n"], hosts: first.transport.hosts, after: first)
    try await bench.deploy()
    let selection = try bench.project.project.selection(recipe: nil, group: nil)
    let text = await refusal { _ = try await bench.desk.planRollback(of: selection, in: bench.project, straighten: false) }
    #expect(text.contains("shares traffic between pools, and a rollback takes hosts back whatever traffic they get"), "\(text)")
    #expect(text.contains("lander deploy app --group test --revision bundle:"), "\(text)")
    let single = try bench.project.project.selection(recipe: nil, group: nil, only: ["h1"])
    #expect(try await bench.desk.planRollback(of: single, in: bench.project, straighten: false).hosts.count == 1)
  }

  @Test("a rollback of what a deployment left unfinished says that it moves no traffic")
  func unfinished() async throws {
    let first = try Bench(Self.text(""))
    try await first.deploy()
    first.transport.change("h1") { $0.receipt?.trial = true }
    let bench = try Bench(Self.text(""), files: ["app/version": "2\n"], hosts: first.transport.hosts, after: first)
    try await bench.deploy()
    bench.transport.change("h1") { $0.receipt?.trial = true }
    bench.transport.change("h2") { $0.receipt?.trial = true }
    let selection = try bench.project.project.selection(recipe: nil, group: nil)
    _ = try? await bench.desk.planRollback(of: selection, in: bench.project, straighten: false)
    #expect(bench.events.contains { if case .remark(let text) = $0 { text.hasPrefix("A rollback moves no traffic") } else { false } })
  }
}
