import DeployDesk
import DeployModel
import DeployReport
import Foundation
import PlanDrafts
import Testing

/// Tests what `plan` shows, and what it reports as not seen.
struct PlanTests {
  /// Returns the part of a text from the line that begins with this title to the next empty line.
  private func part(_ title: String, of text: String) -> String {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).drop { !$0.hasPrefix("  " + title) }
    return lines.prefix { !$0.isEmpty }.joined(separator: "\n") + "\n"
  }

  /// A plan, as `lander plan` prints it.
  private struct Shown {
    var lines: [String]
    /// Whether the rehearsal could see everything to the end; false: the command exits with 14.
    var isWhole: Bool
    var text: String { lines.map { $0 + "\n" }.joined() }
  }

  private func plan(_ project: BenchProject) async throws -> Shown {
    let planned = try await project.bench().plan(connecting: false)
    let release = planned.plan.content.release?.id ?? "none"
    let lines = planned.report.lines(on: Surface()).map { $0.replacing(release.rawValue, with: "aaaabbbbcccc") }
    return Shown(lines: lines, isWhole: planned.report.isWhole)
  }

  @Test("a stage whose end hangs on an answer is said, the rollout after it is shown, and the plan is not whole")
  func unseen() async throws {
    let place = BenchProject(
      hosts: 1,
      body: """
        stages = { stage.upload, stage "t" { run = function(d)
          local r = here:run "git rev-parse HEAD"
          if r.stdout == "" then fail "no commit" end
        end }, stage.rollout },
        """)
    let plan = try await plan(place)
    #expect(!plan.isWhole)
    expectText(
      part("What happens", of: plan.text),
      """
        What happens, rehearsed without the hosts:
          before the first stage
            on h1
              take the lock  ≤ 15 m
          stage upload
            on h1
              DownloadBundle  send and verify release aaaabbbbcccc  ≤ 30 m
          stage t
            on this machine
              run git rev-parse HEAD  ≤ 10 m
          wave 1, h1
              Install  make release aaaabbbbcccc current          ≤ 1 m
                       write the receipt of release aaaabbbbcccc  ≤ 1 m
          at the end
            on h1
              keep the newest 5 releases  ≤ 5 m
              give the lock back          ≤ 1 m

      """)
  }

  @Test("gates stand between the waves, in their order, with what each waits for and how long")
  func gates() async throws {
    let place = BenchProject(
      body:
        "strategy = canary { watch = \"2m\", check = { port = 80, every = \"30s\", timeout = \"5s\", allow = 1 }, approve = \"good?\" },")
    let plan = try await plan(place)
    #expect(plan.isWhole)
    let happens = part("What happens", of: plan.text)
    let from = happens.range(of: "    gate 1")?.lowerBound ?? happens.startIndex
    expectText(
      String(happens[from...]),
      """
          gate 1, check "watch": check port 80 every 30 s for 2 m, 1 failed check allowed on h1 ≤ 2 m 30 s
            on h1
              check port 80  ≤ 5 s
          gate 2, approval "approve": good? ≤ 24 h
          wave 2, h2
            the same as wave 1
          gate 3, check "watch": check port 80 every 30 s for 2 m, 1 failed check allowed on h1 h2 ≤ 2 m 30 s
            on h1 h2
              check port 80  ≤ 5 s
          at the end
            on h1 h2
              keep the newest 5 releases  ≤ 5 m
              give the lock back          ≤ 1 m

      """)
  }

  @Test("a check function that says no to made-up answers hides nothing of a plan")
  func checks() async throws {
    let place = BenchProject(
      body: "strategy = canary { watch = \"1s\", check = function(host) return host:run(\"cat x\").stdout == \"up\" end },")
    let plan = try await plan(place)
    #expect(plan.isWhole && plan.text.contains("wave 2, h2"), "\(plan.text)")
    #expect(plan.text.contains("gate 1, check \"watch\": call a function every 1 s for 1 s on h1"), "\(plan.text)")
  }

  @Test("a stop on purpose is shown, with the hosts that it leaves, and what a gate cannot hold is refused with its line")
  func stops() async throws {
    let stopping = """

      local own = strategy "own" (function(r)
        r:wave(r.targets:take(1))
        r:stop "the rest on Monday"
      end)
      """
    let plan = try await plan(BenchProject(body: "strategy = own {},", more: stopping))
    #expect(plan.isWhole && plan.text.contains("stops on purpose: the rest on Monday; 1 host on the old revision"), "\(plan.text)")
    let promising = stopping.replacing("r:stop \"the rest on Monday\"", with: "r:approve { from = { \"kim\" }, count = 2 }")
    try await refused(
      BenchProject(body: "strategy = own {},", more: promising), ["plan"],
      """
      deploy.lua:5: rollout:approve waits for 2 approvals, and from has 1 name
        → name more persons, or lower count

      """)
  }

  @Test("a strategy that is not seen to its end is said, with its line and its cause")
  func strategy() async throws {
    let place = BenchProject(
      body: "strategy = own {},",
      more: """

        local own = strategy "own" (function(r)
          r:wave(r.targets:take(1))
          if tonumber(here:run("errors").stdout) > 3 then r:rollback("too many") end
          r:wave(r.targets)
        end)
        """)
    let plan = try await plan(place)
    #expect(!plan.isWhole)
    expectText(
      part("Not known", of: plan.text),
      """
        Not known before it runs:
          deploy.lua:5: strategy own was not seen beyond this line: attempt to compare number with nil
            → say what a rehearsal is answered: host:run("…", { rehearse = "…" })

      """)
    #expect(plan.text.contains("That is not all of it."), "\(plan.text)")
  }

  @Test("what is between two waves stands between them: an approval here, and a pause of the strategy")
  func order() async throws {
    let place = BenchProject(
      body: "strategy = own {},",
      more: """

        local own = strategy "own" (function(r)
          r:wave(r.targets:take(1))
          here:run "test -e approved"
          r:wait "10m"
          r:wave(r.targets)
        end)
        """)
    let plan = try await plan(place)
    #expect(plan.isWhole)
    let marks = ["wave 1, h1", "after wave 1", "run test -e approved", "wait 10 m", "wave 2, h2", "at the end"]
    var rest = plan.text[...]
    for mark in marks {
      let found = rest.range(of: mark)
      #expect(found != nil, "\(mark) in its place in:\n\(plan.text)")
      if let found { rest = rest[found.upperBound...] }
    }
  }

  @Test("a check that is asked again and again is one line, with all of its time, whether it answers or not")
  func waiting() async throws {
    let place = BenchProject(
      hosts: 1,
      body: "on = { ValidateService = function(host) host:wait_for { port = 8080, timeout = \"15s\", every = \"0.5s\" } end },")
    let plan = try await plan(place)
    #expect(plan.isWhole)
    let lines = plan.lines.filter { $0.contains("check port 8080") }
    #expect(lines.count == 2 && lines.allSatisfy { $0.hasSuffix(" ≤ 15 s") }, "\(plan.text)")
  }

  @Test("attempts of a command and their pauses are in the sum of deadlines")
  func retries() async throws {
    let place = BenchProject(
      hosts: 1,
      body: "on = { AfterInstall = function(host) host:run(\"x\", { timeout = \"10s\", retry = { times = 3, every = \"5s\" } }) end },")
    let plan = try await plan(place)
    let lines = plan.lines.filter { $0.contains("run x, up to 3 times ") }
    #expect(lines.count == 2 && lines.allSatisfy { $0.hasSuffix(" ≤ 40 s") }, "\(plan.text)")
  }

  @Test("behind a stage that was not seen to its end, the way back is shown as what happens is")
  func wayBackUnseen() async throws {
    let place = BenchProject(
      hosts: 1,
      body: """
        stages = { stage.upload, stage "t" { run = function(d)
          local r = here:run "git rev-parse HEAD"
          if r.stdout == "" then fail "no commit" end
        end }, stage.rollout },
        on = { ApplicationStart = function(host) host:run "start" end },
        """)
    let text = try await plan(place).text
    let back = try #require(text.range(of: "If the first wave fails, rehearsed:")).upperBound
    #expect(text[back...].contains("wave 1, h1") && text[back...].contains("ApplicationStart  run start"), "\(text)")
  }

  @Test("a recipe without hooks has a way back to show, too")
  func wayBackWithoutHooks() async throws {
    let text = try await plan(BenchProject(hosts: 1)).text
    let back = try #require(text.range(of: "If the first wave fails, rehearsed:")).upperBound
    #expect(text[back...].contains("take `current` away"), "\(text)")
  }

  @Test("a plan of which nothing would come says so")
  func nothing() async throws {
    let bench = try Bench(Bench.text())
    try await bench.deploy()
    let text = try await bench.plan().report.lines(on: Surface()).joined(separator: "\n")
    #expect(text.hasSuffix("--force runs the hooks again.") && text.contains("  Nothing would be done: every host has the "), "\(text)")
  }
}
