import DeployModel
import DeployReport
import Testing

@testable import DeployDesk

/// Tests that mistakes in a recipe's functions are found before anything starts, if they occur whatever hosts answer.
@Suite("What check finds in functions")
struct CheckTests {
  /// Returns a project with these hooks, which begin in line 8 of `deploy.lua`.
  private func project(_ body: String, more: String = "") -> BenchProject { BenchProject(body: body, more: more) }

  private func hook(_ lines: String, _ event: String = "AfterInstall") -> String {
    "on = { \(event) = function(host, deployment)\n\(lines)\nend },"
  }

  @Test("hosts that are alike are not all played, and count for the floor all the same")
  func floorOfFew() async throws {
    #expect(try await BenchProject(hosts: 6, body: "configuration = { floor = 5 },").check() == "")
  }

  @Test(
    "misuse of one of Lander's own words is a problem for check, plan and deploy, with its line",
    arguments: [
      (
        "host.run \"x\"",
        """
        deploy.lua:9: what stands before :run must be a host, got "x"
          → write it with a colon: host:run(…), not host.run(…)

        """
      ),
      (
        "host:run(\"x\", { enviroment = { A = \"1\" } })",
        """
        deploy.lua:9: host:run has no field "enviroment"
          → did you mean env?

        """
      ),
      (
        "host:run(\"x\", { timeout = \"1 minute\" })",
        "deploy.lua:9: timeout of host:run must be a duration (such as \"90s\" or \"5m\"), or a number of seconds, got \"1 minute\"\n"
      ),
      (
        "host:wait_for { htp = \"http://localhost/\" }",
        """
        deploy.lua:9: host:wait_for has no field "htp"
          → did you mean http?

        """
      ),
      ("host:run(\"echo \" .. secret \"LANDER_X\")", "deploy.lua:9: a secret cannot become text; secret.format joins it with other text\n"),
      (
        "host:run(secret \"LANDER_X\")",
        "deploy.lua:9: host:run: a secret does not belong into a command: give it in env or as input\n"
      ),
      ("host:run { \"echo\", 5 }", "deploy.lua:9: host:run: words of a command are strings, got 5\n"),
      (
        "log.erro(\"x\")",
        """
        deploy.lua:9: log has no erro
          → did you mean log.error?

        """
      ),
      (
        "group \"lb\"",
        """
        deploy.lua:9: group describes a deployment and is read before one starts: move it out of the function, to the top of the file

        """
      ),
      (
        "here.run \"x\"",
        "deploy.lua:9: here:run is written with a colon, got \"x\" for here\n"
      ),
      ("sleep \"5x\"", "deploy.lua:9: sleep takes a duration (such as \"90s\" or \"5m\"), or a number of seconds, got \"5x\"\n"),
      (
        "within(\"5x\", function() end)",
        "deploy.lua:9: within takes a duration (such as \"90s\" or \"5m\"), or a number of seconds, got \"5x\"\n"
      ),
      (
        "each(deployment.targets:batches(0), function() end)",
        """
        deploy.lua:9: hosts:batches takes a count from 1, or a share above 0%, got 0
        deploy.lua:9: each takes a list or a set of hosts, got a function

        2 problems; nothing was started.

        """
      ),
    ])
  func misuse(_ line: String, _ expected: String) async throws {
    let place = project(hook(line))
    for command in ["check", "plan", "deploy"] { try await refused(place, [command], expected) }
  }

  @Test(
    "an error of Lua that hangs on no answer is said to come, with the function it is in",
    arguments: [
      (
        "local x = nil; x()", "on_success = function() end,",
        "deploy.lua:9: hook AfterInstall would fail here: attempt to call a nil value (local 'x')\n"
      ),
      (
        "host:run(\"--port \" .. host.vars.prot)", "",
        "deploy.lua:9: hook AfterInstall would fail here: attempt to concatenate a nil value (field 'prot')\n"
      ),
      ("error(\"boom\")", "", "deploy.lua:9: hook AfterInstall would fail here: boom\n"),
    ])
  func raw(_ line: String, _ more: String, _ expected: String) async throws {
    let place = project(hook(line) + more)
    for command in ["check", "plan", "deploy"] { try await refused(place, [command], expected) }
  }

  @Test("several mistakes in one hook, and those of others, are reported all at once")
  func several() async throws {
    let place = project(
      """
      on = {
        ApplicationStop = function(host) host:rum "stop" end,
        BlockTraffic = function(host) host:run("drain", { timeot = "5s" }) end,
        AfterInstall = function(host, deployment)
          host.run "x"
          host:run("x", { timeout = "1 minute", enviroment = {} })
          for _, line in ipairs(host:red("file")) do log.info(line) end log.erro "x"
          log.wran "x"
        end,
      },
      stages = { stage.upload, stage "t" { run = function(d) d:fooend() end }, stage.rollout },
      on_failure = function(d, e) log.erro("x") d:fooend() end,
      on_success = function(d) local x = d.colour end,
      """)
    try await refused(
      place, ["check"],
      """
      deploy.lua:9: a host has no rum
        → did you mean run?
      deploy.lua:10: host:run has no field "timeot"
        → did you mean timeout?
      deploy.lua:12: what stands before :run must be a host, got "x"
        → write it with a colon: host:run(…), not host.run(…)
      deploy.lua:13: host:run has no field "enviroment"
        → did you mean env?
      deploy.lua:13: timeout of host:run must be a duration (such as "90s" or "5m"), or a number of seconds, got "1 minute"
      deploy.lua:14: a host has no red
        → did you mean read?
      deploy.lua:14: log has no erro
        → did you mean log.error?
      deploy.lua:15: log has no wran
        → did you mean log.warn?
      deploy.lua:18: a deployment has no fooend
        → there are \(deploymentFields)
      deploy.lua:19: log has no erro
        → did you mean log.error?
      deploy.lua:19: a deployment has no fooend
        → there are \(deploymentFields)
      deploy.lua:20: a deployment has no colour
        → there are \(deploymentFields)

      12 problems; nothing was started.

      """)
  }

  @Test("what hangs on a host's answer, on a parameter or on what runs there is a warning of check at most")
  func doubtful() async throws {
    let place = project(
      """
      params = { tag = param.string { default = "" } },
      on = {
        AfterInstall = function(host) host:run("make -j" .. host:run("nproc").stdout:match("%d+")) end,
        ApplicationStart = function(host, deployment) if deployment.params.tag == "" then fail "say --tag" end end,
      },
      """)
    expectText(
      try await place.check(),
      """
      warning: deploy.lua:10: hook AfterInstall was not seen beyond this line: attempt to concatenate a nil value
        → say what a rehearsal is answered: host:run("…", { rehearse = "…" })
      warning: deploy.lua:11: hook ApplicationStart was not seen beyond this line: say --tag
        → say what a rehearsal is answered: host:run("…", { rehearse = "…" })

      """)
    let told = project(
      """
      on = { AfterInstall = function(host)
        local cores = tonumber(host:run("nproc", { rehearse = "4" }).stdout)
        local state = host:try("systemctl is-active app", { rehearse = { stdout = "inactive", status = 3 } })
        if state.ok then fail "it runs" end
        host:run("make -j" .. cores .. host:read("flags", { rehearse = "-s" }) .. tostring(host:exists("x", { rehearse = true })))
      end },
      """)
    let plan = try await told.bench().plan(connecting: false).report
    let lines = plan.lines(on: Surface()).joined(separator: "\n")
    #expect(plan.isWhole && lines.contains("run make -j4-strue"), "\(lines)")
    #expect(try await told.check() == "")
  }

  @Test(
    "a strategy that would not bring all hosts to the release is a problem before anything starts",
    arguments: [
      (
        "function(r) end",
        """
        deploy.lua:3: the strategy ended and 2 hosts are still on the old revision (h1, h2)
          → let the strategy's waves cover all of rollout.targets

        """
      ),
      (
        "function(r) r:wave(r.targets:take(1)) end",
        """
        deploy.lua:3: the strategy ended and 1 host is still on the old revision (h2)
          → let the strategy's waves cover all of rollout.targets

        """
      ),
      ("function(r) r.wave(r.targets) end", "deploy.lua:3: rollout:wave is written with a colon\n"),
      (
        "function(r) r:wave(r.targets, { paralel = 2 }) end",
        """
        deploy.lua:3: rollout:wave has no field "paralel"
          → did you mean parallel?

        """
      ),
      ("function(r) r:wave(\"a\") end", "deploy.lua:3: rollout:wave must be a host, got \"a\"\n"),
      (
        "function(r) r:wave(r.targets, { parallel = 0 }) end",
        "deploy.lua:3: parallel of rollout:wave must be a count from 1, or a share above 0%\n"
      ),
      (
        "function(r) r:rollback(\"no\") end",
        "deploy.lua:3: strategy own gives up though all goes well: no\n"
      ),
      ("function(r) local x = nil + 1 end", "deploy.lua:3: strategy own would fail here: attempt to perform arithmetic on a nil value\n"),
    ])
  func strategies(_ decide: String, _ expected: String) async throws {
    let place = project("strategy = own {}, configuration = { floor = 0 },", more: "\nlocal own = strategy \"own\" (\(decide))")
    for command in ["check", "plan", "deploy"] { try await refused(place, [command], expected) }
  }

  @Test("a batch of 0, whichever strategy it is given to, is refused with its line")
  func batch() async throws {
    try await refused(
      project("strategy = rolling { batch = 0 },"), ["check"],
      "deploy.lua:8: batch of strategy rolling must be a count from 1, or a share above 0%, got 0\n")
    try await refused(
      project("strategy = all_at_once { parallel = \"0%\" },"), ["deploy"],
      "deploy.lua:8: parallel of strategy all_at_once must be a count from 1, or a share above 0%, got \"0%\"\n")
  }

  @Test("a recipe without revision, targets or rollout, and an empty file, are no good recipes")
  func incomplete() async throws {
    try await refused(
      BenchProject(text: ""), ["check"],
      """
      deploy.lua:1: deploy.lua describes nothing
        → write recipe "app" { … } in it; lander init in an empty folder shows one

      """)
    try await refused(
      BenchProject(text: "recipe \"w\" { api = 1, path = \"/x\",\n stages = { stage.upload } }\n"), ["check"],
      """
      deploy.lua:1: recipe "w" says nothing about what to deploy
        → add revision = bundle { from = "dist" }; --revision wins over it
      deploy.lua:1: recipe "w" has no targets, and there is no group that --group could name
        → add targets = { "web1" }, or group "production" { hosts = { … } }
      deploy.lua:2: the stages of recipe "w" have no stage.rollout: no host would be changed
        → add stage.rollout to the list, with a strategy: stage.rollout { strategy = rolling { batch = 1 } }

      3 problems; nothing was started.

      """)
    let place = project("stages = { stage.upload },")
    for command in ["plan", "deploy"] {
      try await refused(
        place, [command],
        """
        deploy.lua:8: the stages of recipe "app" have no stage.rollout: no host would be changed
          → add stage.rollout to the list, with a strategy: stage.rollout { strategy = rolling { batch = 1 } }

        """)
    }
  }

  @Test(
    "a recipe that has no end is refused by check and plan, and ends rehearse, with its line and the bound",
    arguments: [
      ("on = { AfterInstall = function(host) while true do sleep(0) end end },", "hook AfterInstall", "8"),
      ("stages = { stage.upload, stage \"t\" { run = function(d) while true do here:run \"x\" end end }, stage.rollout },", "stage t", "8"),
      ("strategy = own {}, configuration = { floor = 0 },", "strategy own", "3"),
    ])
  func endless(_ body: String, _ part: String, _ line: String) async throws {
    let own = "\nlocal own = strategy \"own\" (function(r) while true do r:wave(r.targets) end end)"
    let place = project(body, more: body.hasPrefix("strategy") ? own : "")
    let text = "deploy.lua:\(line): \(part) has no end here: it asked more than 10020 times\n  → let the loop end, with retry or within\n"
    try await refused(place, ["check"], text)
    try await refused(place, ["plan"], text)
    let bench = try place.bench()
    let run = try RehearsalRun(
      Asked(DeploymentRequest()), of: bench.project, stage: bench.desk.stage, hosts: nil, faults: "none", seed: 1, engine: "test")
    expectText(run.overrun.map { $0.lines().map { $0 + "\n" }.joined() } ?? "", text)
  }

  @Test("so many recipes of one loop are played that a mistake in it shows, and check says how many were not")
  func many() async throws {
    let place = BenchProject(
      text: """
        for i = 1, 300 do
          recipe("r" .. i) { path = "/srv/r" .. i, revision = bundle "app", targets = { "a" },
            on = { AfterInstall = function(host) host:run("x" .. i) end } }
        end
        """)
    expectText(try await place.check(), "warning: deploy.lua:2: 300 recipes are alike: the functions of 20 of them were played\n")
  }

  @Test("a bundle's folder that nothing makes is a warning of check, for it may be made before the deployment")
  func source() async throws {
    let place = BenchProject(
      text: "recipe \"a\" { path = \"/srv/a\", revision = bundle { from = \"dst\" }, targets = { \"a\" } }\n", files: ["dist/a": "1\n"])
    expectText(try await place.check(), "warning: deploy.lua:1: the bundle's source \"dst\" is not there\n  → did you mean \"dist\"?\n")
  }

  @Test("how many hosts there are is no mistake: a recipe for many is played with all of them before it is refused")
  func fleet() async throws {
    let place = BenchProject(
      hosts: 12, body: "strategy = own {}, configuration = { floor = 0 },",
      more: """

        local own = strategy "own" (function(r)
          local tenth = r.targets[10]
          tenth:run "probe"
          for b in r.targets:batches(#r.targets // 10) do r:wave(b) end
        end)
        """)
    #expect(try await place.check() == "")
    try await refused(
      place, ["plan", "--only", "h1"], "deploy.lua:5: strategy own would fail here: attempt to index a nil value (local 'tenth')\n")
  }

  @Test("a configuration under which no host could move is refused")
  func parallel() async throws {
    try await refused(
      project("configuration = { parallel = 0 },"), ["check"],
      "deploy.lua:8: parallel of configuration must be a count from 1, or a share above 0%: no host could move\n")
  }
}
