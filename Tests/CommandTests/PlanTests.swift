import Foundation
import SchemaCheck
import Testing

/// `plan` prints the plan, and its exit code says whether the plan is complete. DeployDeskTests has the contents of plans.
@Suite("What plan shows")
struct PlanTests {
  /// Returns the part of a text from the line with this beginning to the next empty line.
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

@Suite("Plans that are kept in files", .serialized)
struct PlanFileTests {
  @Test("plan builds once what deploy --plan sends, and deploy --plan names what differs")
  func once() throws {
    let place = try Workplace.project(hosts: 1)
    let text = try place.text("deploy.lua").replacing(#"from = "app""#, with: #"from = "app", build = "echo built >>builds""#)
    try place.write(text, to: "deploy.lua")
    let plan = try place.lander("plan", "--connect", "--out", "plan.json", "--json")
    #expect(plan.code == 0 && plan.out.contains(#""steps":["#), "\(plan.err)\(plan.out)")
    let faults = try Schema("docs/schemas/plan.schema.json").faults(of: try Node(try place.text("plan.json")))
    #expect(faults.isEmpty, "\(faults)")
    try place.write("2\n", to: "app/version")
    let deploy = try place.lander("deploy", "--plan", "plan.json")
    #expect(deploy.code == 0, "\(deploy.err)\(deploy.out)")
    #expect(try place.current("h1", "version") == "1\n")
    #expect(try place.text("builds") == "built\n")
    let again = try place.lander("deploy", "--plan", "plan.json", "--json")
    #expect(again.code == 3 && again.out.contains("in the plan it runs nothing; now it runs release "), "\(again.out)")
    let other = try place.lander("deploy", "--plan", "plan.json", "--group", "test")
    #expect(other.code == 2 && other.err.contains("--group has no meaning with --plan"), "\(other.err)")
    try place.write(try place.text("plan.json").replacing("\"hosts\"", with: "\"hots\""), to: "damaged.json")
    for (file, words) in [
      ("nowhere.json", "nowhere.json is not there"), ("deploy.lua", "deploy.lua is not a plan of lander"),
      ("damaged.json", "damaged.json is not a complete plan: look at \"hosts\""),
    ] {
      let run = try place.lander("deploy", "--plan", file)
      #expect(run.code == 2 && run.err.contains(words) && run.err.contains("lander plan --out FILE writes one"), "\(run.err)")
    }
  }
}
