import DeployCore
import DeployModel
import DeployReport
import DeploySimulation
import Testing

@testable import DeployDesk

/// Tests the rules for hosts that share a zone, rack or pair, from the recipe to the plan and the waves.
@Suite("Zones, racks and pairs")
struct NeighbourPlanTests {
  /// Returns a project with six hosts in two zones, three racks and three pairs.
  private func text(_ configuration: String, _ strategy: String = "") -> String {
    let hosts = (0..<6).map { number in
      "host \"h\(number + 1)\" { transport = \"local\", root = \"/hosts/h\(number + 1)\", tags = { zone = \"\(number < 4 ? "a" : "b")\", "
        + "rack = \(number % 3), pair = \"p\(number / 2)\" } }"
    }
    return """
      group "test" { hosts = { \(hosts.joined(separator: ", ")) } }
      recipe "app" {
        api = 1, revision = bundle { from = "app" }, targets = group "test", path = "/srv/app",
        configuration = { \(configuration) },
        \(strategy)
        on = { ApplicationStart = function(host) host:run "start" end },
      }

      """
  }

  private func waves(_ strategy: String, _ configuration: String = "") throws -> [[Int]] {
    let bench = try Bench(text(configuration, "strategy = strategy \"own\" (function(rollout) \(strategy) end),"))
    let candidate = Forecast.Candidate(name: "own", project: bench.project, asked: Asked(DeploymentRequest()))
    let forecast = try Forecast([candidate], faults: [], size: .init(runs: 1, seed: 1), stage: bench.desk.stage, engine: "test")
    let plan = try #require(forecast.plans.first)
    let (draws, faults) = ForecastBench.calm(6)
    return try FleetCourse(plan, of: bench.project, bench.desk.stage).play(draws, faults, seed: 0).waves.map(\.hosts)
  }

  @Test("the plan has the rules and says them")
  func planned() async throws {
    let body = "apart = \"pair\", alone = { \"rack\" }, each = { tag = \"zone\", floor = \"50%\", failed = 1 }"
    let plan = try await Bench(text(body)).plan(connecting: false).plan
    let rules = try #require(plan.bounds.neighbours)
    #expect(rules.map(\.rule) == [.apart, .alone, .each])
    #expect(rules[0].values == ["p0", "p1", "p2"] && rules[0].places == [0, 0, 1, 1, 2, 2])
    #expect(rules[1].values == ["0", "1", "2"] && rules[2].floors == [2, 1] && rules[2].budgets == [1, 1])
    #expect(
      plan.bounds.sentence(of: 6).hasSuffix("; never two of a pair; one rack at a time; of each zone 1 to 2 keep serving, 1 may fail"))
  }

  @Test("impossible demands are refused before anything starts, with the numbers, and a tag that no host has with the nearest one")
  func refused() async throws {
    for (body, message, fix) in [
      ("each = { tag = \"zone\", floor = 2 }", "the floor of each zone lets none of the 2 hosts of zone b move", "set it to 1 or less"),
      ("apart = \"pairs\"", "apart names the tag \"pairs\", and no host has it", "did you mean \"pair\"?"),
      ("alone = \"row\"", "alone names the tag \"row\", and no host has it", "there are \"pair\", \"rack\", \"zone\""),
    ] {
      let bench = try Bench(text(body))
      await #expect("\(body)") { try await bench.plan(connecting: false) } throws: { error in
        let problem = (error as? Problems)?.list.first
        return problem?.message == message && problem?.fix == fix
      }
    }
    #expect { _ = try Bench(text("each = { tag = \"zone\" }")) } throws: {
      ($0 as? Problems)?.list.first?.message.contains("holds nothing") == true
    }
  }

  @Test("split takes hosts of each zone in turn and leaves others out, batches keep racks alone and pairs apart")
  func sets() throws {
    #expect(
      try waves("local a, b = rollout.targets:split(2, { spread = \"zone\" }) rollout:wave(a) rollout:wave(b)") == [[0, 4], [1, 5, 2, 3]])
    #expect(
      try waves("local a, b = rollout.targets:split(2, { except = rollout.targets:take(1) }) rollout:wave(a) rollout:wave(b)")
        == [[1, 2], [0, 3, 4, 5]])
    #expect(try waves("for w in rollout.targets:batches(4, { alone = \"rack\" }) do rollout:wave(w) end") == [[0, 3], [1, 4], [2, 5]])
    #expect(try waves("for w in rollout.targets:batches(3, { apart = \"pair\" }) do rollout:wave(w) end") == [[0, 2, 4], [1, 3, 5]])
    #expect(try waves("for w in rollout.targets:batches(4, { apart = \"pair\" }) do rollout:wave(w) end") == [[0, 2, 4], [1, 3, 5]])
  }

  @Test("whatever order a strategy asks for, a wave goes rack after rack and first the one host of each pair")
  func arranged() throws {
    #expect(try waves("rollout:wave(rollout.targets)", "alone = \"rack\"") == [[0, 3, 1, 4, 2, 5]])
    #expect(try waves("rollout:wave(rollout.targets)", "apart = \"pair\"") == [[0, 2, 4, 1, 3, 5]])
  }
}
