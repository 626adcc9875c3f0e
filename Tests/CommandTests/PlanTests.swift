import Foundation
import Testing

/// That `plan` prints the plan, and its exit code when it could not see all of it. What a plan shows is in DeployDeskTests.
@Suite("What plan shows")
struct PlanTests {
  /// From the line that begins so, to the next empty one.
  private func part(_ title: String, of text: String) -> String {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).drop { !$0.hasPrefix("  " + title) }
    return lines.prefix { !$0.isEmpty }.joined(separator: "\n") + "\n"
  }

  @Test("a stage whose end hangs on an answer is said, the rollout after it is shown, and the exit code is 14")
  func unseen() throws {
    let place = try Workplace.project(
      hosts: 1,
      body: """
        stages = { stage.upload, stage "t" { run = function(d)
          local r = here:run "git rev-parse HEAD"
          if r.stdout == "" then fail "no commit" end
        end }, stage.rollout },
        """)
    let run = try place.lander("plan")
    #expect(run.code == 14, "\(run.err)")
    expectText(
      part("What happens", of: run.out),
      """
        What happens, rehearsed without the hosts:
          before the first stage
            on h1
              take the lock  ≤ 15 m
          stage upload
            on h1
              DownloadBundle  send and verify release 2a75fe2f0ae1  ≤ 30 m
          stage t
            on this machine
              run git rev-parse HEAD  ≤ 10 m
          wave 1, h1
              Install  make release 2a75fe2f0ae1 current          ≤ 1 m
                       write the receipt of release 2a75fe2f0ae1  ≤ 1 m
          at the end
            on h1
              keep the newest 5 releases  ≤ 5 m
              give the lock back          ≤ 1 m

      """)
  }
}
