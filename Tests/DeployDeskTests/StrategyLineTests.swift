import Testing

@testable import DeployDesk

/// A mistake in the options of a shipped strategy is reported at a line of the recipe.
struct StrategyLineTests {
  @Test(
    "an option that a strategy cannot use is refused with the recipe's line, and with the line of the strategy",
    arguments: [
      ("strategy = canary { check = \"http://x/\" },", 8, "canary"), ("strategy = linear { check = 7 },", 8, "linear"),
      ("\n\nstages = { stage.upload, stage.rollout { strategy = canary { approve = { on_fail = \"return\" } } } },", 10, "canary"),
    ])
  func options(_ body: String, _ line: Int, _ name: String) async throws {
    let text = await refusal { try await BenchProject(body: body).bench().check().refuse() }
    #expect(text.hasPrefix("deploy.lua:\(line): "), "\(text)")
    #expect(text.contains("(at recipes/strategies/\(name).lua:"), "\(text)")
  }
}
