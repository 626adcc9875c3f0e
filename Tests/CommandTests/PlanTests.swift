import Foundation
import Testing

/// What `plan` shows, and what it says it could not see.
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
                       keep the newest 5 releases                 ≤ 5 m
          at the end
            on h1
              give the lock back  ≤ 1 m

      """)
  }

  @Test("a strategy that is not seen to its end is said, with its line and its cause")
  func strategy() throws {
    let place = try Workplace.project(
      body: "strategy = own {},",
      more: """

        local own = strategy "own" (function(r)
          r:wave(r.targets:take(1))
          if tonumber(here:run("errors").stdout) > 3 then r:rollback("too many") end
          r:wave(r.targets)
        end)
        """)
    let run = try place.lander("plan")
    #expect(run.code == 14)
    expectText(
      part("Not known", of: run.out),
      """
        Not known before it runs:
          deploy.lua:5: strategy own was not seen beyond this line: attempt to compare number with nil
            → say what a rehearsal is answered: host:run("…", { rehearse = "…" })

      """)
    #expect(run.out.contains("That is not all of it."), "\(run.out)")
  }

  @Test("what is between two waves stands between them: an approval here, and a pause of the strategy")
  func order() throws {
    let place = try Workplace.project(
      body: "strategy = own {},",
      more: """

        local own = strategy "own" (function(r)
          r:wave(r.targets:take(1))
          here:run "test -e approved"
          r:wait "10m"
          r:wave(r.targets)
        end)
        """)
    let run = try place.lander("plan")
    #expect(run.code == 0, "\(run.err)")
    let marks = ["wave 1, h1", "after wave 1", "run test -e approved", "wait 10 m", "wave 2, h2", "at the end"]
    var rest = run.out[...]
    for mark in marks {
      let found = rest.range(of: mark)
      #expect(found != nil, "\(mark) in its place in:\n\(run.out)")
      if let found { rest = rest[found.upperBound...] }
    }
  }

  @Test("a check that is asked again and again is one line, with all of its time, whether it answers or not")
  func waiting() throws {
    let place = try Workplace.project(
      hosts: 1,
      body: "on = { ValidateService = function(host) host:wait_for { port = 8080, timeout = \"15s\", every = \"0.5s\" } end },")
    let run = try place.lander("plan")
    #expect(run.code == 0)
    let lines = run.outLines.filter { $0.contains("check port 8080") }
    #expect(lines.count == 2 && lines.allSatisfy { $0.hasSuffix(" ≤ 15 s") }, "\(run.out)")
  }

  @Test("attempts of a command and their pauses are in the sum of deadlines")
  func retries() throws {
    let place = try Workplace.project(
      hosts: 1,
      body: "on = { AfterInstall = function(host) host:run(\"x\", { timeout = \"10s\", retry = { times = 3, every = \"5s\" } }) end },")
    let run = try place.lander("plan")
    let lines = run.outLines.filter { $0.contains("run x, up to 3 times ") }
    #expect(lines.count == 2 && lines.allSatisfy { $0.hasSuffix(" ≤ 40 s") }, "\(run.out)")
  }
}
