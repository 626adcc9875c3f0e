import DeployModel
import Testing

@testable import DeployDesk

/// `check` plays the functions that run after a deployment too, and finds before the start what could never end.
@Suite("What check finds in on_failure and on_success")
struct NoticeCheckTests {
  private func project(_ notice: String, _ lines: String) -> BenchProject {
    BenchProject(
      body: """
        on = { ValidateService = function(host) host:run "true" end },
        \(notice) = function(deployment, failure)
        \(lines)
        end,
        """)
  }

  @Test(
    "a notice that is stopped by a limit whatever hosts answer is refused with its line, as a mistake in a hook is",
    arguments: ["on_failure", "on_success"],
    [
      ("while true do end", "would fail here: it computed for too long"),
      ("while true do sleep(0) end", "has no end here: it asked more than"),
      ("while true do here:run \"curl example\" end", "has no end here: it asked more than"),
      ("while true do sleep \"1m\" end", "is ended here: not done within 15 m, the time of all that runs after a deployment"),
      ("sleep \"20m\"", "is ended here: not done within 15 m, the time of all that runs after a deployment"),
      ("while true do pcall(sleep, \"1m\") end", "is ended here: not done within 15 m, the time of all that runs after a deployment"),
    ])
  func endless(_ notice: String, _ loop: (lines: String, words: String)) async throws {
    let project = project(notice, loop.lines)
    for isDeploy in [false, true] {
      let said = await refusal {
        let bench = try project.bench()
        if isDeploy { _ = try await bench.plan(DeploymentRequest()) } else { try await bench.check().refuse() }
      }
      #expect(said.contains("\(notice) \(loop.words)"), "\(said)")
      #expect(said.hasPrefix("deploy.lua:10: ") || loop.lines.contains("pcall"), "\(said)")
    }
  }

  @Test("a notice that waits for an answer, or ends in time, is not refused")
  func fine() async throws {
    for notice in ["on_failure", "on_success"] {
      let waiting = try await project(notice, "repeat local r = here:run \"state\" until r.stdout == \"ready\"").check()
      #expect(waiting.contains("here:run(\"…\", { rehearse = \"…\" })") || waiting.contains("say what a rehearsal is answered"))
      #expect(try await project(notice, "for n = 1, 10 do here:run \"mail\" sleep \"1m\" end").check() == "")
    }
  }
}
