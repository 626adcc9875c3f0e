import DeployModel
import DeployReport
import Testing

@testable import DeployDesk

/// Tests the tests of recipes: what they run, what they report, and how a test fails.
@Suite("Tests of recipes")
struct SpecTests {
  @Test("a deployment that goes well tells its decisions, waves, commands, log, files and hosts")
  func well() async throws {
    try await SpecBench.pass(
      """
      local run = t:deploy("web", { files = { ["/etc/port"] = "80" }, params = { size = 7 },
        answers = { { command = "bin/say", host = "web2", stdout = "hello" } } })
      t:expect(run.status):equals "succeeded"
      t:expect(run.exit):equals(0)
      t:expect(run.decisions):equals {
        "stage upload", "stage warm", "stage rollout", "wave 1: 1 host", "wave 2: 1 host", "wave 3: 1 host" }
      t:expect(run.waves):equals { { "web1" }, { "web2" }, { "web3" } }
      t:expect(run.commands[1]):equals { command = "bin/warm", host = "here" }
      t:expect(run.commands[2]):equals { command = "bin/stop", host = "web1", event = "ApplicationStop" }
      t:expect(run.log):equals { "said ", "said hello", "said " }
      t:expect(run:file("web3", "/srv/web/releases/5eed5eed5eed/port")):equals "807"
      t:expect(run.hosts.web1):equals { status = "succeeded", release = "new" }
      t:expect(run.back):equals(nil)
      t:expect(run.failure):equals(nil)
      """)
  }

  @Test("a host that fails goes back, and with it those before it; the rollback is told with the same fields")
  func back() async throws {
    try await SpecBench.pass(
      """
      local run = t:deploy("web", { files = { ["/etc/port"] = "80" }, fails = { web2 = "ValidateService" } })
      t:expect(run.status):equals "failed"
      t:expect(run.exit):equals(10)
      t:expect(run.decisions):contains "rollback"
      t:expect(run.hosts.web2.status):equals "restored"
      t:expect(run.back.status):equals "succeeded"
      t:expect(run.back.hosts.web1.release):equals "earlier"
      t:expect(run.hosts.web3):equals { status = "waiting", release = "earlier" }
      """)
  }

  @Test("answers are taken in their order, each as often as it says, on each host")
  func answers() async throws {
    try await SpecBench.pass(
      """
      local run = t:deploy("web", { files = { ["/etc/port"] = "" }, answers = {
        { command = "port 80", status = 1, times = 2 }, { command = "bin/warm", host = "here", takes = "90s" } } })
      t:expect(run.status):equals "succeeded"
      t:expect(run:ran("port 80", "web1")):equals(3)
      t:expect(run:ran "port 80"):equals(9)
      t:expect(run.took > 90):equals(true)
      t:expect(t:deploy("web", { answers = { { command = "bin/warm", host = "here", status = 3 } } }).failure):contains "exited with 3"
      """)
  }

  @Test("hosts that already run the release are left as they are, and a name that no host has is refused")
  func unchanged() async throws {
    try await SpecBench.pass(
      """
      local run = t:deploy("web", { files = { ["/etc/port"] = "80" }, unchanged = { "web1", "web3" } })
      t:expect(run.status):equals "succeeded"
      t:expect(run.waves):equals { { "web2" } }
      t:expect(run.hosts.web1):equals { status = "unchanged", release = "new" }
      t:expect(run.hosts.web2):equals { status = "succeeded", release = "new" }
      t:expect(run:ran("bin/stop", "web1")):equals(0)
      t:expect(t:strategy("rolling", { batch = 2 }, { hosts = 6, unchanged = { "host2" } }).waves[1]):equals { "host1", "host3" }
      t:expect(t:deploy("web", { files = { ["/etc/port"] = "" }, fresh = true, unchanged = { "web1" } }).hosts.web1.release):equals "new"
      t:expect(function() t:deploy("web", { unchanged = { "web9" } }) end):fails 't:deploy names a host "web9", and there is none'
      """)
  }

  @Test("a host that already runs the release cannot fail too, but a task can fail on it")
  func contradicted() async throws {
    try await SpecBench.pass(
      """
      local hosts = { "web1", "web2" }
      t:expect(function() t:deploy("web", { unchanged = hosts, fails = { web2 = "ValidateService" } }) end)
        :fails "web2: in unchanged and in fails of t:deploy"
      t:expect(function() t:deploy("web", { unchanged = hosts, unreachable = hosts }) end)
        :fails "web1, web2: in unchanged and in unreachable of t:deploy"
      t:expect(function() t:strategy("rolling", { batch = 2 }, { unchanged = { "host1" }, unreachable = { "host1" } }) end)
        :fails "host1: in unchanged and in unreachable of t:strategy"
      """)
  }

  @Test("a stage that runs once for a revision does not run again if a host already has the release")
  func once() async throws {
    let recipe = """
      recipe "app" {
        path = "/srv/app", targets = group "all", revision = bundle { from = "dist" },
        stages = {
          stage.upload, stage "migrate" { once = "revision", run = function() here:run "bin/migrate" end },
          stage "warm" { run = function() here:run "bin/warm" end }, stage.rollout { strategy = rolling {} },
        },
      }
      """
    let results = try await SpecBench.results(
      recipe + """

        it("holds", function(t)
          local some = t:deploy("app", { unchanged = { "web1" } })
          t:expect(some.status):equals "succeeded"
          t:expect(some:ran "bin/migrate"):equals(0)
          t:expect(some:ran "bin/warm"):equals(1)
          t:expect(t:deploy("app", {}):ran "bin/migrate"):equals(1)
          t:expect(t:deploy("app", { unchanged = { "web1", "web2", "web3" } }):ran "bin/migrate"):equals(0)
        end)
        """)
    #expect(results.map(\.problem) == [nil])
  }

  @Test("t:strategy passes the greatest and the least numbers on as they are")
  func extremes() async throws {
    let results = try await SpecBench.results(
      """
      strategy "extreme" {
        options = schema "extreme" { a = schema.any {}, b = schema.any {}, c = schema.any {} },
        decide = function(rollout, options)
          log.info("%s %s %s", options.a, options.b, math.type(options.c))
          rollout:wave(rollout.targets)
        end,
      }
      it("holds", function(t)
        local run = t:strategy("extreme", { a = math.huge, b = -math.huge, c = math.mininteger }, { hosts = 1 })
        t:expect(run.log):equals { "inf -inf integer" }
      end)
      """)
    #expect(results.map(\.problem) == [nil])
  }

  @Test("an unreachable host, a person who cancels, and hosts on which nothing runs yet can be had")
  func trouble() async throws {
    try await SpecBench.pass(
      """
      local files = { ["/etc/port"] = "" }
      t:expect(t:deploy("web", { files = files, unreachable = { "web1", "web2", "web3" } }).status):differs "succeeded"
      local run = t:deploy("web", { files = files, cancel_after = "20s", answers = { { command = "bin/warm", takes = "1m" } } })
      t:expect(run.status):equals "cancelled"
      t:expect(run.exit):equals(15)
      t:expect(t:deploy("web", { files = files, fresh = true }):ran "bin/stop"):equals(0)
      t:expect(t:deploy("web", { files = files, hosts = 10 }).waves[10]):equals { "host10" }
      """)
  }

  @Test(
    "a test that fails names its line and the difference",
    arguments: [
      ("t:expect(1):equals(2)", "spec/web_spec.lua:2: expected 2, got 1"),
      (
        "t:expect { a = { 1, 2 }, c = true }:equals { a = { 1, 3 }, b = \"x\", c = true }",
        "spec/web_spec.lua:2: a[2]: expected 3, got 2\n  b: expected \"x\", got nil"
      ),
      ("\nt:expect({ \"a\" }):contains \"b\"", "spec/web_spec.lua:3: expected \"b\" in { \"a\" }"),
      ("t:expect(\"abc\"):lacks \"b\"", "spec/web_spec.lua:2: expected no \"b\" in \"abc\""),
      ("t:expect(\"abc\"):matches \"^b\"", "spec/web_spec.lua:2: expected a string that matches \"^b\", got \"abc\""),
      ("t:expect(1):differs(1)", "spec/web_spec.lua:2: expected another value than 1"),
      ("t:expect(function() end):fails \"x\"", "spec/web_spec.lua:2: expected an error with \"x\", and there was none"),
      ("error \"oh\"", "spec/web_spec.lua:2: oh"),
      (
        "t:expect(\"a\\nb\\nc\\nd\\ne\\nf\\n\"):equals \"a\\nb\\nc\\nd\\nE \\nf\\ng\\n\"",
        "spec/web_spec.lua:2: the texts differ (- expected, + got):\n  …\n    c\n    d\n  - E·\n  + e\n    f\n  - g"
      ),
      (
        "t:expect { text = \"a\\nb\" }:equals { text = \"a\\nb\\n\", n = 1 }",
        "spec/web_spec.lua:2: n: expected 1, got nil\n  text: the texts differ (- expected, + got):\n"
          + "  only the expected text ends with a line break"
      ),
      ("t:expect \"a\\nb\\n\":contains \"c\"", "spec/web_spec.lua:2: expected \"c\" in this text:\n  | a\n  | b"),
      ("t:expect { \"a\\nb\" }:contains \"c\"", "spec/web_spec.lua:2: expected \"c\" in { \"a\\nb\" }"),
    ])
  func failing(_ body: String, _ expected: String) async throws { try await SpecBench.fail(body, expected) }

  @Test(
    "no test passes with a failure that pcall caught, a value of which nothing is said, or a part of t:deploy without effect",
    arguments: [
      ("pcall(function() t:expect(1):equals(2) end)", "spec/web_spec.lua:2: expected 2, got 1"),
      ("xpcall(function() t:expect(1):equals(2) end, tostring)", "spec/web_spec.lua:2: expected 2, got 1"),
      (
        "\nlocal c = coroutine.create(function() t:expect(1):equals(2) end)\ncoroutine.resume(c)",
        "spec/web_spec.lua:3: expected 2, got 1"
      ),
      ("pcall(function() t:expect(1):equal(1) end)", "spec/web_spec.lua:2: an expectation has no equal\n  → did you mean :equals?"),
      (
        "\nt:expect(false)",
        "spec/web_spec.lua:3: nothing is said of this value\n  → write what is expected: t:expect(value):equals(…)"
      ),
      (
        "t:deploy(\"web\", { answers = { { command = \"bin/worm\", status = 1 } }, files = { [\"/etc/port\"] = \"\" } })",
        "spec/web_spec.lua:2: nothing took answer 1 of t:deploy: no command or check had \"bin/worm\" in its line\n"
          + "  → did you mean \"bin/warm\"? optional = true in it allows that"
      ),
      (
        "t:deploy(\"web\", { gates = { aprove = \"reject\" }, files = { [\"/etc/port\"] = \"\" } })",
        "spec/web_spec.lua:2: t:deploy answers a gate \"aprove\", and none of that name opened\n  → no gate opened"
      ),
      (
        "t:deploy(\"web\", { fails = { web1 = \"BeforeInstall\" }, files = { [\"/etc/port\"] = \"\" } })",
        "spec/web_spec.lua:2: web1 was to fail in BeforeInstall, and nothing of the new release that can fail ran there then\n"
          + "  → a command or check in a hook of BeforeInstall can fail, if the deployment comes that far on web1"
      ),
      (
        "t:deploy(\"web\", { fails = { web1 = \"ApplicationStop\" }, files = { [\"/etc/port\"] = \"\" } })",
        "spec/web_spec.lua:2: web1 was to fail in ApplicationStop, and nothing of the new release that can fail ran there then\n"
          + "  → ApplicationStop stops the earlier release: answers of t:deploy say what its commands do"
      ),
      (
        "t:expect { \"retry 3 of 5\", \"done\" }:lacks \"retry\"",
        "spec/web_spec.lua:2: no item is \"retry\", and \"retry 3 of 5\" has it: look into all of them with "
          + "table.concat(list, \"\\n\"), or name the whole item"
      ),
    ])
  func swallowed(_ body: String, _ expected: String) async throws { try await SpecBench.fail(body, expected) }

  @Test("what is expected to fail may fail in it, an optional answer may be unused, and a list lacks what is only part of a word in it")
  func allowed() async throws {
    try await SpecBench.pass(
      """
      t:expect(function() t:expect(1):equals(2) end):fails "expected 2"
      local answers = { { command = "bin/nothing", optional = true } }
      t:expect(t:deploy("web", { answers = answers, files = { ["/etc/port"] = "" } }).status):equals "succeeded"
      t:expect { "host10", "host2" }:lacks "host1"
      """)
  }

  @Test(
    "a mistake in what a test asks for names its line and what was probably meant",
    arguments: [
      ("t:deploy \"wep\"", "there is no recipe \"wep\"", "did you mean"),
      ("t:deploy(\"web\", { fail = {} })", "t:deploy has no field \"fail\"", "did you mean fails?"),
      ("t:deploy(\"web\", { fails = { web4 = \"Install\" } })", "names a host \"web4\", and there is none", "did you mean"),
      ("t:deploy(\"web\", { fails = { web1 = \"Instal\" } })", "\"Instal\" is none", "did you mean \"Install\"?"),
      ("t:deploy(\"web\", { params = { size = 0 } })", "size", "1"),
      ("t:deploy(\"web\", { gates = { x = \"aprove\" } })", "cannot be answered with \"aprove\"", "approve"),
      ("t:deploy(\"web\", { answers = { { comand = \"x\" } } })", "has no field \"comand\"", "did you mean command?"),
      ("t:deploy(\"web\", { files = { [\"/etc/port\"] = \"\" } }).statsu()", "what was played has no statsu", "did you mean status?"),
      ("t:expext(1)", "t has no expext", "did you mean t:expect?"),
      ("here:run \"x\"", "exists only while a deployment runs", ""),
      ("sleep \"1s\"", "while a deployment runs", ""),
      ("recipe \"x\" { path = \"/srv/x\" }", "is described in a test", "move it out"),
      ("it(\"y\", function() end)", "it stands inside a test", ""),
    ])
  func mistaken(_ body: String, _ message: String, _ fix: String) async throws {
    let results = try await SpecBench.results("it(\"holds\", function(t)\n\(body)\nend)")
    let problem = try #require(results.first?.problem)
    let text = problem.lines().joined(separator: "\n")
    #expect(text.hasPrefix("spec/web_spec.lua:2: ") && text.contains(message) && text.contains(fix), "\(text)")
  }

  @Test("a spec that cannot be read is refused with all that is wrong, before a test runs")
  func unread() async throws {
    let text = await refusal {
      _ = try await SpecBench.results("it \"x\"\nit(\"y\", function(t) t:deploi() end)\nit(\"y\", function(t) end)\nprnt(1)")
    }
    #expect(
      text.contains("spec/web_spec.lua:1: it takes a title and a function")
        && text.contains("spec/web_spec.lua:3: there are two tests \"y\"")
        && text.contains("spec/web_spec.lua:4: there is no global prnt"), "\(text)")
  }

  @Test("each test has a Lua state of its own, and a loop without an end fails only its own test")
  func apart() async throws {
    let results = try await SpecBench.results(
      """
      local seen = 0
      it("one", function(t) seen = seen + 1; t:expect(seen):equals(1) end)
      it("two", function(t) seen = seen + 1; t:expect(seen):equals(1) end)
      it("three", function(t) while true do end end)
      it("four", function(t) seen = seen + 1; t:expect(seen):equals(1) end)
      """)
    #expect(results.map { $0.problem == nil } == [true, true, false, true])
    #expect(results[2].problem?.place?.line == 4)
  }

  @Test("a loop that has deployments played ends, and a host that was not there is no host on which nothing ran")
  func bounded() async throws {
    let results = try await SpecBench.results(
      """
      recipe "tiny" { path = "/srv/tiny", targets = { "h1" }, revision = bundle { from = "dist" } }
      it("loops", function(t) while true do t:deploy("tiny", { fresh = true }) end end)
      it("asks", function(t) t:expect(t:deploy("tiny"):ran("x", "h2")):equals(0) end)
      """)
    #expect(
      results.map { $0.problem?.message } == [
        "the test has had 200 deployments played, and no test may have more", "there was no host \"h2\"",
      ])
  }

  @Test("a recipe that a spec describes itself can be deployed, and describe gives its tests a name")
  func own() async throws {
    let results = try await SpecBench.results(
      """
      recipe "probe" { path = "/srv/probe", targets = group "all", revision = bundle { from = "x" },
        on = { AfterInstall = function(host) host:run "own" end } }
      describe("probe", function() describe("on three hosts", function()
        it("runs its hook", function(t) t:expect(t:deploy("probe"):ran "own"):equals(3) end)
      end) end)
      """)
    #expect(results.map(\.test.name) == ["probe › on three hosts › runs its hook"])
    #expect(results.map(\.problem) == [nil])
  }

  @Test("a filter picks tests by their titles, and one that fits none is refused")
  func filtered() async throws {
    let text = "it(\"one\", function(t) end)\nit(\"two\", function(t) end)"
    #expect(try await SpecBench.results(text, filter: "tw").map(\.test.name) == ["two"])
    #expect(await refusal { _ = try await SpecBench.results(text, filter: "three") }.contains("no test has \"three\" in its titles"))
  }
}
