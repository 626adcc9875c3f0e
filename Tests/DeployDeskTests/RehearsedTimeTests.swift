import DeployModel
import Testing

@testable import DeployDesk

/// Simulated hosts answer at once in a rehearsal.
@Suite("Time in a rehearsal")
struct RehearsedTimeTests {
  @Test(
    "a limit of the recipe is not broken by the time that hosts which do not exist would take",
    arguments: [
      "rollout:watch { during = \"12s\", every = \"4s\", timeout = \"500ms\", check = function(h) h:run \"true\" end }",
      "rollout:watch { during = \"12s\", every = \"4s\", check = function(h) for i = 1, 20 do h:run \"true\" end end }",
      "within(\"300ms\", function() here:run \"true\" end)",
    ])
  func quick(_ line: String) async throws {
    let strategy = "strategy \"own\" (function(rollout) rollout:wave(rollout.targets)\n\(line) end)"
    let project = BenchProject(hosts: 20, body: "stages = { stage.upload, stage.rollout { strategy = \(strategy) } },")
    let bench = try project.bench()
    let found = try await bench.check()
    #expect((found.problems + found.warnings).filter { $0.message.contains("not done within") } == [])
    _ = try await bench.plan()
  }
}
