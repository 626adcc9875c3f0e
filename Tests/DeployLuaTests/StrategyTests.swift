import DeployLua
import DeployModel
import Testing

@Suite struct StrategyTests {
  /// Returns the decisions of the recipe's strategy for this number of hosts.
  private func decisions(_ strategy: String, hosts: Int, more: String = "") throws -> [Decision] {
    let rig = try Rig("\(more)\nrecipe \"shop\" { path = \"/srv/shop\", strategy = \(strategy) }", hosts: hosts)
    guard case .rollout(let bound?) = rig.recipe.flow.stages.last else { throw Failure(.failed, "there is no strategy") }
    let run = rig.run(Body(recipe: 0, function: bound.function), on: .rollout(options: bound.options))
    if let error = run.result.error { throw error }
    return run.requests.compactMap { request -> Decision? in if case .decide(let decision) = request { decision } else { nil } }
  }

  @Test("rolling takes a batch at a time", arguments: [(1, 1), (2, 4), (3, 7), (5, 5), (4, 10)])
  func rolling(batch: Int, hosts: Int) throws {
    let waves = stride(from: 0, to: hosts, by: batch).map { Decision.wave(Array($0..<min($0 + batch, hosts)), parallel: nil) }
    #expect(try decisions("rolling { batch = \(batch) }", hosts: hosts) == waves)
  }

  @Test("a share is a share of all hosts, and never less than one")
  func share() throws {
    let waves = try decisions("rolling { batch = '25%' }", hosts: 10)
    #expect(waves.map { wave -> Int in if case .wave(let hosts, _, _) = wave { hosts.count } else { 0 } } == [2, 2, 2, 2, 2])
    #expect(try decisions("rolling { batch = '1%' }", hosts: 3).count == 3)
  }

  @Test("rolling waits between two waves where it is told to, and takes one host where it is told nothing")
  func pause() throws {
    let wave = { Decision.wave([$0], parallel: nil) }
    let waits = Gate(.time, name: "wait", time: .minutes(10), place: SourcePlace(file: "recipes/strategies/rolling.lua", line: 12))
    #expect(try decisions("rolling { pause = '10m' }", hosts: 3) == [wave(0), .gate(waits), wave(1), .gate(waits), wave(2)])
    #expect(try decisions("rolling", hosts: 2) == [wave(0), wave(1)])
  }

  @Test("growing takes a first wave, and then what makes so many times as many", arguments: [(1, 4, [1, 3, 12, 4]), (2, 10, [2, 18])])
  func growing(first: Int, factor: Int, sizes: [Int]) throws {
    let waves = try decisions("growing { first = \(first), factor = \(factor) }", hosts: 20)
    #expect(waves.map { wave -> Int in if case .wave(let hosts, _, _) = wave { hosts.count } else { 0 } } == sizes)
  }

  @Test("a rollout that names no strategy goes by growing, unless CodeDeploy's rule holds")
  func usual() throws {
    func strategy(_ more: String) throws -> String? {
      let recipe = try load("recipe \"shop\" { path = \"/srv/shop\"\(more) }").project.recipes[0]
      guard case .rollout(let strategy)? = recipe.flow.stages.last else { return "none" }
      return strategy?.name
    }
    #expect(try strategy("") == "growing")
    #expect(try strategy(", configuration = \"CodeDeployDefault.OneAtATime\"") == nil)
    #expect(try strategy(", configuration = { minimum_healthy = \"40%\" }") == nil)
    #expect(try strategy(", strategy = all_at_once") == "all_at_once")
  }

  @Test("a minimum of healthy hosts stands alone, and a base is a share")
  func minimum() throws {
    let configured = { (text: String) in "configuration \"c\" { \(text) }" }
    #expect(
      problems(configured("minimum_healthy = 3, floor = 2, budget = { failed = 1 }")) == [
        "deploy.lua:1: configuration \"c\" has minimum_healthy and floor: minimum_healthy alone says how many may fail; keep one of them",
        "deploy.lua:1: configuration \"c\" has minimum_healthy and budget: minimum_healthy alone says how many may fail; keep one of them",
      ])
    #expect(problems(configured("base = 3")) == ["deploy.lua:1: base of configuration \"c\" must be a share such as \"1%\", got 3"])
    let good = try load(configured("floor = 2, base = \"0.5%\", budget = { failed = \"5%\", wave = 2 }")).project.configurations[0]
    #expect(good.base == 0.5 && good.failedInWave == .count(2) && good.healthy == nil)
    let half = try load("recipe \"a\" { path = \"/a\", configuration = \"CodeDeployDefault.HalfAtATime\" }").project.recipes[0]
    #expect(half.configuration?.healthy == .amount(.percent(50)))
  }

  @Test("all at once is one wave")
  func allAtOnce() throws {
    #expect(try decisions("all_at_once", hosts: 4) == [.wave([0, 1, 2, 3], parallel: nil)])
    #expect(try decisions("all_at_once { parallel = 2 }", hosts: 4) == [.wave([0, 1, 2, 3], parallel: 2)])
  }

  @Test("a wave may leave its hosts ready after a segment, and a segment that there is not is named with the near one")
  func upto() throws {
    let twoSteps = { (segment: String) in
      """
      local steps = strategy "steps" (function(rollout)
        local first = rollout:wave(rollout.targets, { upto = "\(segment)" })
        if first.ready + #first.ready_hosts > 0 then rollout:wait "1s" end
        rollout:wave(rollout.targets)
      end)
      """
    }
    #expect(
      try decisions("steps", hosts: 2, more: twoSteps("validate")) == [
        .wave([0, 1], parallel: nil, upto: .validate), .wave([0, 1], parallel: nil),
      ])
    let error = #expect(throws: ScriptError.self) { try decisions("steps", hosts: 2, more: twoSteps("valdate")) }
    #expect(error?.failure.message == "upto of rollout:wave must be a segment of a host's way, got \"valdate\"")
    #expect(error?.failure.fix == "did you mean validate?")
  }

  @Test("a strategy restarts hosts, some at once if it says so, and hears which came back")
  func restart() throws {
    let twins = """
      local twins = strategy "twins" (function(rollout)
        local first, rest = rollout.targets:split(1)
        rollout:wave(first)
        local back = rollout:restart(rest, { parallel = "50%" })
        if back.succeeded == #rest and #back.failed_hosts == 0 then rollout:wave(back.succeeded_hosts) end
      end)
      """
    #expect(
      try decisions("twins", hosts: 3, more: twins) == [
        .wave([0], parallel: nil), .restart([1, 2], parallel: 1), .wave([1, 2], parallel: nil),
      ])
    let none = twins.replacing("\"50%\"", with: "0")
    let error = #expect(throws: ScriptError.self) { try decisions("twins", hosts: 3, more: none) }
    #expect(error?.failure.message == "parallel of rollout:restart must be a count from 1, or a share above 0%")
  }

  @Test("a strategy of one's own is a function that decides")
  func own() throws {
    let doubling = """
      local doubling = strategy "doubling" (function(rollout, options)
        local size, left = options.first, rollout.targets
        while #left > 0 do
          local wave
          wave, left = left:split(size)
          local outcome = rollout:wave(wave)
          if outcome.failed > 0 then rollout:rollback("%d of %d hosts failed", outcome.failed, #wave) end
          size = size * 2
        end
      end)
      """
    let waves = try decisions("doubling { first = 1 }", hosts: 7, more: doubling)
    #expect(waves == [.wave([0], parallel: nil), .wave([1, 2], parallel: nil), .wave([3, 4, 5, 6], parallel: nil)])
    let rig = try Rig("\(doubling)\nrecipe \"shop\" { path = \"/srv/shop\", strategy = doubling { first = 2 } }", hosts: 4)
    guard case .rollout(let bound?) = rig.recipe.flow.stages.last else { return }
    rig.scripts.start(1, Body(recipe: 0, function: bound.function), on: .rollout(options: bound.options))
    _ = rig.scripts.step(1, .begin)
    let step = rig.scripts.step(1, .wave(WaveResult(succeeded: [0], failed: [1])))
    #expect(step.request == .decide(.rollback(reason: "1 of 2 hosts failed")))
  }

  /// Returns the decisions in short form: `w` and the number of hosts for a wave, `watch`, `wait`, `approve`.
  private func steps(_ strategy: String, hosts: Int) throws -> [String] {
    try decisions(strategy, hosts: hosts).map { decision in
      switch decision {
      case .wave(let hosts, _, _): "w\(hosts.count)"
      case .gate(let gate): gate.message.isEmpty ? gate.name : "\(gate.name) \(gate.message)"
      default: "\(decision)"
      }
    }
  }

  @Test("a canary is one wave that is watched, and asked about if wanted; then come the others, each watched")
  func canary() throws {
    #expect(
      try steps("canary { check = { port = 80 }, approve = 'good?', batch = 2 }", hosts: 5)
        == ["w1", "watch", "approve good?", "w2", "watch", "w2", "watch"])
    #expect(try steps("canary", hosts: 5) == ["w1", "wait", "w1", "w1", "w1", "w1"])
    #expect(
      try steps("canary { first = 2, approve = { message = 'ok', timeout = '1h' }, batch = '50%' }", hosts: 6)
        == ["w2", "wait", "approve ok", "w2", "w2"])
    #expect(try steps("canary { check = { port = 80 } }", hosts: 1) == ["w1", "watch"])
  }

  @Test("linear takes equal waves with a watch or a wait between them, and asks before each further one if wanted")
  func linear() throws {
    #expect(try steps("linear { batch = 2 }", hosts: 5) == ["w2", "wait", "w2", "wait", "w1"])
    #expect(
      try steps("linear { batch = 2, check = { command = 'true' }, approve = 'next?' }", hosts: 4)
        == ["w2", "watch", "approve next?", "w2", "watch"])
  }

  @Test("an error in a strategy that comes with Lander names the line of the recipe that calls it, behind its own")
  func namedByRecipe() throws {
    do {
      _ = try decisions("canary { check = 7 }", hosts: 2)
      #expect(Bool(false), "nothing was raised")
    } catch let error as ScriptError {
      #expect(error.place?.file == "recipes/strategies/canary.lua", "\(error)")
      #expect(error.trace.last == "deploy.lua:2: strategy canary", "\(error.trace)")
    }
  }

  @Test("an option of a strategy may be a function: it is called with the recipe's own state, in every engine")
  func callback() throws {
    let rig = try Rig(
      "local seen = 'here'\nlocal function look(host) return host.name .. seen end\n"
        + "recipe \"shop\" { path = \"/srv/shop\", strategy = canary { check = look } }"
    )
    guard case .rollout(let bound?) = rig.recipe.flow.stages.last else { return }
    #expect(bound.options["check"] == nil && bound.options["first"] == .int(1))
    rig.scripts.start(1, Body(recipe: 0, function: bound.function), on: .rollout(options: bound.options))
    _ = rig.scripts.step(1, .begin)
    let step = rig.scripts.step(1, .wave(WaveResult(succeeded: [0], failed: [])))
    guard case .decide(.gate(let gate))? = step.request, case .function(let function)? = gate.watch?.question else {
      return #expect(Bool(false), "\(step)")
    }
    rig.scripts.start(2, Body(recipe: 0, function: function), on: .host(0))
    #expect(rig.scripts.step(2, .begin).result == .returned("web1here"))
  }

  @Test("CodeDeploy's configurations are known by their names")
  func configurations() throws {
    func named(_ name: String) throws -> DeploymentConfiguration? {
      try load("recipe \"a\" { path = '/a', configuration = 'CodeDeployDefault.\(name)' }").project.recipes.first?.configuration
    }
    #expect(try named("OneAtATime")?.healthy == .allButOne)
    #expect(try named("HalfAtATime")?.healthy == .amount(.percent(50)))
    #expect(try named("AllAtOnce")?.healthy == .amount(.count(0)))
  }
}
