import DeployCore
import DeployLua
import DeployModel
import Testing

/// Scripts in a rehearsal: what they record, and where they stop.
@Suite("Rehearsed scripts")
struct RehearsalTests {
  /// Plays the hook of a recipe on one host. Operations succeed and return nothing.
  private func play(
    _ lines: String, as mode: Rehearsal = .plan, hosts: Int = 1
  ) throws -> (result: ScriptResult, scripts: RehearsedScripts, requests: Int) {
    let project = try load(recipe(lines))
    let plan = Rig.plan(of: try #require(project.project.recipes.first), hosts: hosts)
    let scripts = try RehearsedScripts(plan: plan, sources: [project.sources], as: mode)
    var requests = 0
    var next = 2
    func drive(_ id: ScriptID) -> ScriptResult {
      var answer = Answer.begin
      while true {
        switch scripts.step(id, answer).next {
        case .ended(let result): return result
        case .asked(let request):
          requests += 1
          switch request {
          case .perform(_, .run, _): answer = .outcome(Outcome(status: 0, stdout: Captured(text: ""), stderr: Captured(text: "")))
          case .perform(_, .read, _): answer = .outcome(.failed(.invalid, "known only when it runs"))
          case .perform: answer = .outcome(.done(.bool(true)))
          case .spawn(let bodies, _, _): answer = .results(bodies.map(child))
          case .within(_, let body): answer = .results([child(body)])
          default: answer = .slept
          }
        }
      }
    }
    func child(_ body: Body) -> ScriptResult {
      next += 1
      scripts.start(next - 1, body, on: .child)
      return drive(next - 1)
    }
    scripts.start(1, Body(recipe: 0, function: try #require(plan.content.recipes[0].hooks.first).function), on: .host(0))
    return (drive(1), scripts, requests)
  }

  private func said(_ scripts: RehearsedScripts) -> [String] {
    scripts.findings.map { finding in
      (finding.isCertain ? "" : "maybe ") + (finding.problem.place.map { "\($0): " } ?? "") + finding.problem.message
    }
  }

  @Test(
    "a loop that never ends is stopped with its line and the bound, whatever it asks",
    arguments: [
      ("while true do sleep(0) end", "it asked more than 10010 times"),
      ("while true do sleep \"1s\" end", "it asked more than 10010 times"),
      ("while true do sleep \"20d\" end", "it slept for more than 30 days"),
      ("while true do host:run \"x\" end", "it asked more than 10010 times"),
      ("while true do pcall(host.run, host, \"x\") end", "it asked more than 10010 times"),
      ("while true do each({ 1 }, function() end) end", "it asked more than 10010 times"),
      ("while true do within(\"1s\", function() end) end", "it asked more than 10010 times"),
      ("retry({ times = math.maxinteger }, function() sleep(0) error(\"no\") end)", nil),
      ("each({ 1, 2 }, function() while true do sleep(0) end end)", "it asked more than 10010 times"),
    ])
  func endless(_ loop: String, _ bound: String?) throws {
    let (_, scripts, requests) = try play(loop)
    #expect(requests < 25_000)
    if let bound {
      #expect(said(scripts).first == "deploy.lua:4: hook ValidateService has no end here: \(bound)", "\(said(scripts))")
    } else {
      #expect(said(scripts) == ["deploy.lua:4: hook ValidateService would fail here: no"])
    }
  }

  @Test("a loop that waits for an answer is no endless one: it is not seen beyond, and how to answer is said")
  func polling() throws {
    let (result, scripts, requests) = try play("repeat local r = host:run \"state\" sleep \"1s\" until r.stdout == \"ready\"")
    #expect(requests < 1100 && result.value == .bool(true))
    let finding = try #require(scripts.findings.first)
    #expect(!finding.isCertain && finding.isEnd && scripts.findings.count == 1)
    #expect(finding.problem.place == SourcePlace(file: "deploy.lua", line: 4))
    #expect(finding.problem.fix == "say what a rehearsal is answered: host:run(\"…\", { rehearse = \"…\" })")
    #expect(try play("repeat local r = host:run(\"state\", { rehearse = \"ready\" }) until r.stdout == \"ready\"").scripts.findings.isEmpty)
  }

  @Test("functions stand inside each other 32 times at most, with the line of the one too many")
  func depth() throws {
    for call in ["within(\"1s\", function() f(n + 1) end)", "each({ 1 }, function() f(n + 1) end)", "all { function() f(n + 1) end }"] {
      let (_, scripts, requests) = try play("local function f(n) \(call) end f(1)")
      #expect(
        said(scripts) == [
          "deploy.lua:4: hook ValidateService would fail here: each, all and within stand inside each other 32 times, and no deeper"
        ])
      #expect(requests == 32)
    }
    let good = try play("local function f(n) if n > 32 then return end within(\"1s\", function() f(n + 1) end) end f(1)")
    #expect(good.scripts.findings.isEmpty)
  }

  @Test("each starts 10,000 functions at most, or one a host where there are more hosts")
  func width() throws {
    let many = "local t = {} for i = 1, 10001 do t[i] = i end each(t, function() end)"
    #expect(
      said(try play(many).scripts) == [
        "deploy.lua:4: hook ValidateService would fail here: each starts at most 10000 functions at once, got 10001"
      ])
    #expect(try play(many, hosts: 10_001).scripts.findings.isEmpty)
  }

  @Test("texts have a size: a command of more than 1 MiB is refused, and a long message is cut")
  func sizes() throws {
    #expect(
      said(try play("host:run((\"a\"):rep(1048577))").scripts) == [
        "deploy.lua:4: host:run takes a command of at most 1 MiB, got 1048577 bytes"
      ])
    #expect(try play("host:run((\"a\"):rep(1048576))").scripts.findings.isEmpty)
    for raising in ["fail((\"a\"):rep(3000000))", "error((\"a\"):rep(3000000))"] {
      let message = try #require(try play(raising).scripts.findings.first).problem.message
      #expect(message.utf8.count < 66_000 && message.hasSuffix(" bytes in all)"))
    }
  }

  @Test("a mistake after an answer was looked at may come of it, a misspelt name may not")
  func doubt() throws {
    #expect(
      said(try play("local n = tonumber(host:run(\"nproc\").stdout) sleep(n)").scripts) == [
        "maybe deploy.lua:4: sleep takes a duration (such as \"90s\" or \"5m\"), or a number of seconds, got nil"
      ])
    #expect(
      said(try play("if host:run(\"x\").ok then fail \"no\" end").scripts) == ["deploy.lua:4: hook ValidateService would fail here: no"])
    #expect(said(try play("if host:try(\"x\").ok then fail \"no\" end").scripts) == ["maybe deploy.lua:4: no"])
    #expect(said(try play("local x = host:read \"f\"").scripts) == ["maybe deploy.lua:4: known only when it runs"])
    #expect(try play("local x = host:read(\"f\", { default = \"\" })").scripts.findings.isEmpty)
    #expect(said(try play("local x = host:run(\"y\").stdout host:rnu(x)").scripts) == ["deploy.lua:4: a host has no rnu"])
    #expect(said(try play("if #host.facts.tools == 0 then fail \"no tools\" end").scripts) == ["maybe deploy.lua:4: no tools"])
    #expect(said(try play("fail(deployment.group)", as: .check).scripts) == ["maybe deploy.lua:4: production"])
    #expect(said(try play("fail(deployment.group)").scripts) == ["deploy.lua:4: hook ValidateService would fail here: production"])
  }

  @Test("a name that nothing has does not stop the play: what follows it is seen, and a loop over nothing ends")
  func playsOn() throws {
    let (_, scripts, _) = try play("for _, x in host:lins():all() do log.info(x) end\nhost:run(host:nam() .. \"x\")\nlog.wran(\"x\")")
    #expect(said(scripts) == ["deploy.lua:4: a host has no lins", "deploy.lua:5: a host has no nam", "deploy.lua:6: log has no wran"])
  }

  @Test("where things are to go wrong an error is an error, and only what rehearse says is made up")
  func faults() throws {
    let (result, scripts, _) = try play("local r = host:run(\"nproc\", { rehearse = \"4\" }) error(r.stdout)", as: .faults)
    #expect(result.error?.failure.message == "4" && scripts.findings.isEmpty)
    #expect(try play("host:rnu \"x\"", as: .faults).result.error?.failure.message == "a host has no rnu")
    #expect(try play("while true do sleep(0) end", as: .faults).scripts.overrun?.place == SourcePlace(file: "deploy.lua", line: 4))
  }

  @Test("in a deployment the option rehearse is read and changes nothing")
  func deployment() throws {
    let rig = try Rig(recipe("return host:run(\"nproc\", { rehearse = \"4\" }).stdout"))
    let run = rig.run(try rig.hook(.validateService), on: .host(0)) { _, _ in
      Outcome(status: 0, stdout: Captured(text: "8"), stderr: Captured(text: ""))
    }
    #expect(run.result.value == "8")
    let wrong = try Rig(recipe("host:run(\"nproc\", { rehearse = true })"))
    #expect(
      wrong.run(try wrong.hook(.validateService), on: .host(0)).result.error?.failure.message
        == "rehearse of host:run must be a string, or a table { stdout = \"…\", status = 0 }, got true")
  }

  @Test(
    "what would arrive as other bytes, another mode or another time than was written is a mistake",
    arguments: [
      (#"host:run "a\0b""#, "host:run: the command has a zero byte"),
      (#"host:run { "a", "\xff" }"#, "host:run: a word of the command has bytes that are no UTF-8 text"),
      (#"host:run("x", { env = { A = "x\0y" } })"#, "host:run: env.A has a zero byte"),
      (#"host:run("x", { input = "\xff" })"#, "input has bytes that are no UTF-8 text"),
      (#"host:write("/x", "\xfc")"#, "has bytes that are no UTF-8 text"),
      (#"host:write("/x", "y", { mode = 0644 })"#, "in quotes, such as"),
      (#"host:run("x", { timeout = math.maxinteger })"#, "duration"), (#"sleep "9223372036854775807s""#, "duration"),
      (#"sleep(math.maxinteger)"#, "duration"),
    ])
  func changedOnTheWay(_ line: String, _ expected: String) throws {
    let played = try play(line, as: .check)
    let text = said(played.scripts).joined(separator: "\n") + "\(played.result)"
    #expect(text.contains(expected), "\(text)")
    let fine = try play(#"host:run("x", { input = "a\0b", timeout = "100d", env = { A = "é" } }) host:write("/x", "y", { mode = "0644" })"#)
    #expect(said(fine.scripts) == [])
  }
}
