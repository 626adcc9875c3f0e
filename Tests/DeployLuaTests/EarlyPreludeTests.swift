import DeployCore
import DeployLua
import DeployModel
import PlanDrafts
import Testing

/// Deployments and releases pin a prelude. Later versions of Lander must be able to run it.
@Suite("Preludes of earlier versions")
struct EarlyPreludeTests {
  /// A recipe with every operation and every way to start functions, with every option.
  private static let everything = """
    local http_check = require "http_check"
    group "production" { hosts = { "web[1-3]", host "db" { tags = { role = "db" }, port = 2222 } }, user = "deploy" }
    configuration "careful" { floor = "50%", parallel = 2, budget = { failed = 1 } }
    recipe "shop" {
      path = "/srv/shop", targets = group "production", configuration = "careful", keep = 3, shared = { "log/" },
      revision = bundle { from = "dist", build = "make", ignore = { "*.map" } },
      params = { migrate = param.boolean { default = true }, size = param.integer { min = 1, default = 2 } },
      stages = {
        stage.upload,
        stage "migrate" {
          when = function(d) return d.params.migrate end,
          run = function(d)
            d.targets:first():run("bin/migrate", { env = { A = 1, B = secret.format("x%s", secret "B") }, timeout = "5s" })
            each(d.targets, function(host) host:run "warm" return host.name end, { limit = 2, keep_going = true })
            all { function() here:run "true" end, function() sleep "1s" end }
            within("1m", function() here:try { "a", "b c" } end)
            local text = here:read("VERSION", { default = "none" })
            log.warn("%s %s", text, d.status)
          end,
        },
        stage.rollout { strategy = strategy "two" (function(rollout, options)
          local outcome = rollout:wave(rollout.targets:take(1), { parallel = 1 })
          rollout:wait "2s"
          if outcome.failed > 0 then rollout:rollback("%d failed", outcome.failed) end
          rollout:wave(rollout.targets:except(rollout.targets:first()))
        end) {} },
      },
      on = {
        ApplicationStart = function(host, deployment)
          host:run("start", { cwd = "x", user = "app", input = "in", merge = true, on_lost = "repeat", retry = { times = 2 } })
          host:write("etc/a", secret "KEY", { mode = "0600", owner = "app" })
          host:link("/srv/shop/shared/log", "log")
          host:upload("a", "b", { timeout = "3s" })
          host:download("c", "d")
          if host:exists "here" then log.info("%s of %s in %s", host, deployment, deployment.release) end
          retry({ times = 2, every = "1s" }, function() host:wait_for { port = 80, timeout = "10s" } end)
          host:wait_for { command = "true" }
          local ok, err = pcall(function() host:run "fails" end)
          return tostring(err)
        end,
        ValidateService = http_check { url = "http://localhost:{port}/", port = 8080, status = 200 },
      },
      on_failure = function(d, err) log.error("%s: %s", d.status, err) end,
      on_success = function(d) log.info("%s", d.status) end,
    }
    """

  /// Runs all functions of a recipe, and returns their requests, their log lines and their results.
  private func play(_ sources: [SourceFile], as project: LuaProject) throws -> [String] {
    let recipe = try LuaProject.kept("shop", in: sources)
    let plan = Rig.plan(of: recipe, hosts: 3)
    let rig = Rig(project: project, recipe: recipe, plan: plan, scripts: try LuaRecipes(plan: plan, sources: [sources]))
    var lines = ["\(recipe)"]
    func run(_ function: Int, _ subject: Subject) {
      let run = rig.run(Body(recipe: 0, function: function), on: subject) { _, operation in
        switch operation {
        case .run(let command) where command.line == "fails":
          Outcome(failure: Failure(.command, "it exited with status 3"), status: 3, stderr: Captured(text: "a\nb"))
        case .run(let command):
          Outcome(status: 0, stdout: Captured(text: command.line), stderr: Captured(text: ""), duration: .seconds(1))
        case .read: .failed(.missing, "it is not there")
        default: .done(true)
        }
      }
      // Since boundary 4, a wait is requested as a gate.
      lines +=
        run.requests.map { request in
          if case .decide(.gate(let gate)) = request, gate.kind == .time { "\(Request.decide(.wait(gate.time)))" } else { "\(request)" }
        } + run.log + ["\(run.result)"]
    }
    for stage in recipe.flow.stages {
      if case .script(_, _, let function, let when, _, _) = stage {
        run(try #require(when), .deployment)
        run(function, .deployment)
      }
      if case .rollout(let strategy?) = stage { run(strategy.function, .rollout(options: strategy.options)) }
    }
    for hook in recipe.flow.hooks { run(hook.function, .host(1)) }
    for function in recipe.flow.onSuccess { run(function, .deployment) }
    for function in recipe.flow.onFailure {
      run(function, .failure(ScriptError(Failure(.command, "it failed"), place: SourcePlace(file: "deploy.lua", line: 3), host: "web1")))
    }
    return lines
  }

  @Test("a prelude of an earlier version reads and runs recipes as it did: the same functions ask the same and end the same")
  func everything() throws {
    #expect(Early.prelude.count == 13)
    let project = try load(Self.everything)
    let early = try play(Early.sources(of: project), as: project)
    let own = try play(project.sources, as: project)
    #expect(early.count > 30)
    for (one, other) in zip(early, own) { #expect(one == other) }
    #expect(early.count == own.count)
  }

  @Test("a kept recipe of an earlier version is rehearsed by its own prelude, and what is found is the same")
  func rehearsed() throws {
    let project = try load(
      recipe(
        """
        retry({ times = 3, every = "1s" }, function() host:run("x", { retry = { times = 4, every = "2s" } }) end)
        local n = tonumber(host:run("nproc").stdout)
        host:link(5, "log")
        host:run("x", { timout = "5s" })
        """))
    func findings(_ sources: [SourceFile]) throws -> String {
      let plan = Rig.plan(of: try #require(project.project.recipes.first), hosts: 1)
      let scripts = try RehearsedScripts(plan: plan, sources: [sources], as: .plan)
      scripts.start(1, Body(recipe: 0, function: project.project.recipes[0].flow.hooks[0].function), on: .host(0))
      var step = scripts.step(1, .begin)
      var log = step.log
      while step.request != nil {
        step = scripts.step(1, .outcome(Outcome(status: 0, stdout: Captured(text: ""), stderr: Captured(text: ""))))
        log += step.log
      }
      return "\(scripts.findings) \(scripts.loops) \(scripts.isDoubted) \(log)"
    }
    let early = try findings(Early.sources(of: project))
    #expect(early == (try findings(project.sources)))
    #expect(early.contains("timout") && early.contains("3 times") && early.contains("true"), "\(early)")
  }

  @Test("what a newer lander began is refused with its version; its recipe is read by ours, to take hosts back to it")
  func newer() throws {
    let project = try load(recipe("host:run 'x'"))
    var sources = project.sources
    let main = try #require(sources.firstIndex { $0.path == "prelude/main.lua" })
    sources[main].text = sources[main].text.replacing("-- boundary 4\n", with: "-- boundary 5\n") + "this is no Lua of today"
    let refusal = try #require(Prelude.refusal(of: sources, for: "d1", begunBy: "9.1.0"))
    #expect(
      refusal.message.contains("begun by lander 9.1.0") && refusal.message.hasSuffix("(boundary 5, and here 2, 3 and 4)"), "\(refusal)")
    #expect(refusal.fix?.hasPrefix("lander resume d1 or lander cancel d1 with lander 9.1.0\n") == true)
    #expect(try LuaProject.kept("shop", in: sources).flow.hooks.count == 1)
    sources[main].text = "return 1\n"
    #expect(Prelude.refusal(of: sources, for: "d1", begunBy: "9.1.0")?.message.contains("without a boundary") == true)
    #expect(Prelude.refusal(of: project.sources, for: "d1", begunBy: "9.1.0") == nil)
    #expect(Prelude.refusal(of: [], for: "d1", begunBy: "9.1.0") == nil)
  }

  /// Returns early sources in which one type has another name, in the prelude and in the vocabulary.
  private func renamed(keepsVocabulary: Bool) throws -> [SourceFile] {
    let sources = Early.sources(of: try load(recipe("host:read(\"f\", { limit = 7 })"))).map { file in
      SourceFile(path: file.path, text: file.text.replacing("types.positive =", with: "types.above_zero ="))
    }
    let vocabulary = try #require(Shipped.text("Sources/DeployLua/Boundary/positional_vocabulary.lua"))
    let kept = SourceFile(path: "prelude/vocabulary.lua", text: vocabulary.replacing(":positive", with: ":above_zero"))
    return keepsVocabulary ? sources + [kept] : sources
  }

  private func request(_ sources: [SourceFile]) throws -> Request? {
    let kept = try LuaProject.kept("shop", in: sources)
    let scripts = try LuaRecipes(plan: Rig.plan(of: kept, hosts: 1), sources: [sources])
    scripts.start(1, Body(recipe: 0, function: kept.flow.hooks[0].function), on: .host(0))
    return scripts.step(1, .begin).request
  }

  @Test("the vocabulary is kept with the prelude, and a type that has another name today is read as it was then")
  func vocabulary() throws {
    let sources = try renamed(keepsVocabulary: true)
    #expect(try request(sources) == .perform(.host(0), .read(path: "f", limit: 7), timeout: nil))
    #expect(Prelude.refusal(of: sources, for: "d1", begunBy: "0.0.9") == nil)
  }

  @Test("where a kept prelude lacks what the vocabulary of today names, the deployment is refused with the version that began it")
  func refused() throws {
    let refusal = try #require(Prelude.refusal(of: try renamed(keepsVocabulary: false), for: "d1", begunBy: "0.0.9"))
    #expect(
      refusal.message == "deployment d1 was begun by lander 0.0.9, and this lander cannot continue it: "
        + "its recipes do not know what \"positive\" is, which is newer")
    #expect(Prelude.refusal(of: Early.sources(of: try load(recipe(""))), for: "d1", begunBy: "0.0.9") == nil)
  }

  @Test("a prelude with another protocol is refused with the version too")
  func otherProtocol() throws {
    let sources = Early.sources(of: try load(recipe("host:run 'x'"))).map { file in
      SourceFile(path: file.path, text: file.text.replacing("-- protocol 2", with: "-- protocol 1"))
    }
    let refusal = try #require(Prelude.refusal(of: sources, for: "d1", begunBy: "0.0.8"))
    #expect(refusal.message.contains("begun by lander 0.0.8") && refusal.message.hasSuffix("(protocol 1, and here boundary 2, 3 and 4)"))
  }

  @Test("a prelude of this boundary that has other files than ours runs as it was pinned")
  func other() throws {
    let project = try load(recipe("return quote 'a b'"))
    var sources = project.sources
    let quote = try #require(sources.firstIndex { $0.path == "prelude/run/quote.lua" })
    sources[quote].text = sources[quote].text.replacing(
      "language.meaning(\"quote\"", with: "import \"run/more\" language.meaning(\"quote\"")
    sources[quote].text += "language.meaning(\"quote\", function() return import \"run/more\" end)\n"
    sources.append(SourceFile(path: "prelude/run/more.lua", text: "return 'more'\n"))
    let recipe = try LuaProject.kept("shop", in: sources)
    let plan = Rig.plan(of: recipe, hosts: 1)
    let rig = Rig(project: project, recipe: recipe, plan: plan, scripts: try LuaRecipes(plan: plan, sources: [sources]))
    #expect(rig.run(try rig.hook(.validateService), on: .host(0)).result == .returned("more"))
  }

  @Test("a prelude of boundary 3 runs as it was pinned: its wait is no gate, and a decision that is refused raises")
  func boundary3() throws {
    let project = try load(
      """
      recipe "shop" { path = "/srv/shop", strategy = strategy "own" (function(rollout)
        rollout:wait "2s"
        local ok, err = pcall(rollout.wave, rollout, rollout.targets)
        log("%s %s", ok, err)
      end) }
      """)
    let newer = ["watch", "approve", "pause", "stop", "shift", "decisions"].map { "prelude/run/\($0).lua" }
    var sources = project.sources.filter { !newer.contains($0.path) }
    let main = try #require(sources.firstIndex { $0.path == "prelude/main.lua" })
    sources[main].text = sources[main].text.replacing("-- boundary 4\n", with: "-- boundary 3\n")
    let rollout = try #require(sources.firstIndex { $0.path == "prelude/run/rollout.lua" })
    sources[rollout].text = try #require(Shipped.text("Tests/DeployLuaTests/Fixtures/prelude-3/rollout.lua"))
    #expect(Prelude.refusal(of: sources, for: "d1", begunBy: "1.0.0") == nil)
    let recipe = try LuaProject.kept("shop", in: sources)
    guard case .rollout(let strategy?) = recipe.flow.stages.last else { throw Failure(.failed, "there is no strategy") }
    let scripts = try LuaRecipes(plan: Rig.plan(of: recipe, hosts: 2), sources: [sources])
    scripts.start(1, Body(recipe: 0, function: strategy.function), on: .rollout(options: strategy.options))
    #expect(scripts.step(1, .begin).request == .decide(.wait(.seconds(2))))
    #expect(scripts.step(1, .slept).request == .decide(.wave([0, 1], parallel: nil)))
    let last = scripts.step(1, .refused(Failure(.cancelled, "the deployment has failed")))
    #expect(last.log.first?.text.hasPrefix("false deploy.lua:3: the deployment has failed") == true, "\(last.log)")
  }
}
