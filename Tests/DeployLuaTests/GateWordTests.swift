import DeployLua
import DeployModel
import Testing

@Suite("Words of gates")
struct GateWordTests {
  /// Runs a strategy with this body. Returns its decisions, its log and its error.
  private func play(_ body: String, hosts: Int = 2) throws -> (decisions: [Decision], log: [String], error: ScriptError?) {
    let rig = try Rig(
      "recipe \"shop\" { path = \"/srv/shop\", strategy = strategy \"own\" (function(rollout)\n\(body)\nend) }", hosts: hosts)
    guard case .rollout(let bound?) = rig.recipe.flow.stages.last else { throw Failure(.failed, "there is no strategy") }
    let run = rig.run(Body(recipe: 0, function: bound.function), on: .rollout(options: bound.options))
    return (run.requests.compactMap { if case .decide(let decision) = $0 { decision } else { nil } }, run.log, run.result.error)
  }

  private func gate(_ body: String) throws -> Gate? {
    let played = try play(body)
    if let error = played.error { throw error }
    guard case .gate(let gate)? = played.decisions.first else { return nil }
    return gate
  }

  private let place = SourcePlace(file: "deploy.lua", line: 2)

  @Test("a wait is a time gate")
  func wait() throws {
    #expect(try gate("rollout:wait '10m'") == Gate(.time, name: "wait", time: .minutes(10), place: place))
  }

  @Test("a watch asks each host as often as its time has room, and its options are the gate's")
  func watch() throws {
    let plain = Watch(.check(.port(80)), every: .seconds(10), looks: 61)
    #expect(
      try gate("rollout:watch { during = '10m', port = 80 }") == Gate(.check, name: "watch", time: .minutes(10), watch: plain, place: place)
    )
    let full = Watch(
      .check(.http(url: "http://localhost/", status: [200, 204])), hosts: [1], every: .seconds(7), looks: 4, limit: .seconds(2), allow: 3)
    #expect(
      try gate(
        "rollout:watch { name = 'health', during = '20s', every = '7s', hosts = rollout.targets[2], "
          + "http = 'http://localhost/', status = { 200, 204 }, "
          + "http = 'http://localhost/', status = { 200, 204 }, "
          + "timeout = '2s', allow = 3, on_fail = 'return', on_inconclusive = 'pass' }")
        == Gate(.check, name: "health", time: .seconds(20), watch: full, failing: .return, undecided: .pass, place: place))
    let engine = Watch(.check(.command("curl lb")), isFromEngine: true, every: .seconds(5), looks: 2)
    #expect(try gate("rollout:watch { during = '5s', command = 'curl lb', from = 'engine' }")?.watch == engine)
  }

  @Test("a check function is called with each host")
  func function() throws {
    let rig = try Rig(
      """
      recipe "shop" { path = "/srv/shop", strategy = strategy "own" (function(rollout)
        rollout:watch { during = "1s", check = function(host, deployment) return host.name ~= "web2" and deployment.recipe == "shop" end }
      end) }
      """)
    guard case .rollout(let bound?) = rig.recipe.flow.stages.last else { return }
    rig.scripts.start(1, Body(recipe: 0, function: bound.function), on: .rollout(options: bound.options))
    guard case .decide(.gate(let gate))? = rig.scripts.step(1, .begin).request, case .function(let function)? = gate.watch?.question else {
      return #expect(Bool(false), "no gate with a function")
    }
    let results = (0..<2).map { host in
      rig.scripts.start(2 + host, Body(recipe: 0, function: function), on: .host(host))
      return rig.scripts.step(2 + host, .begin).result
    }
    #expect(results == [.returned(true), .returned(false)])
    #expect(rig.scripts.step(1, .gate(GateAnswer(.pass))).result == .returned(.null))
  }

  @Test("an approval and a pause say who waits for what, and how long")
  func people() throws {
    #expect(
      try gate("rollout:approve { message = 'good?', timeout = '4h', name = 'canary' }")
        == Gate(.approval, name: "canary", message: "good?", time: .minutes(240), place: place))
    #expect(try gate("rollout:approve()") == Gate(.approval, name: "approve", time: .minutes(1440), place: place))
    #expect(
      try gate("rollout:pause('look at %s', 'it')")
        == Gate(.pause, name: "pause", message: "look at it", time: .minutes(1440), place: place))
  }

  @Test("strategies are told how a gate was closed, and by whom")
  func told() throws {
    let rig = try Rig(
      """
      recipe "shop" { path = "/srv/shop", strategy = strategy "own" (function(rollout)
        local passed, answers = rollout:approve { on_fail = "return" }
        log("%d %s %s %s %s", #answers, passed, answers[1].by, answers[1].comment, answers[1].at)
        log("%s", rollout:pause())
        log("%s %s", rollout:watch { during = "1s", port = 1, on_fail = "return" })
        if rollout:approve { on_fail = "return" } then log "not reached" end
      end) }
      """)
    guard case .rollout(let bound?) = rig.recipe.flow.stages.last else { return }
    rig.scripts.start(1, Body(recipe: 0, function: bound.function), on: .rollout(options: bound.options))
    _ = rig.scripts.step(1, .begin)
    let said = Timestamp(milliseconds: 1_700_000_000_123)
    var log = rig.scripts.step(1, .gate(GateAnswer(.pass, by: "kim@laptop", comment: "fine", at: said))).log
    log += rig.scripts.step(1, .gate(GateAnswer(.pass, by: "lee@ci"))).log
    log += rig.scripts.step(1, .gate(GateAnswer(.fail, comment: "500"))).log
    log += rig.scripts.step(1, .gate(GateAnswer(.fail, by: "kim@laptop"))).log
    #expect(log.map(\.text) == ["1 true kim@laptop fine 1700000000", "lee@ci", "false fail"])
  }

  @Test("a decision that the engine refuses raises, at the line that asked")
  func refused() throws {
    let rig = try Rig(
      "recipe \"shop\" { path = \"/srv/shop\", strategy = strategy \"own\" (function(rollout)\n  rollout:wave(rollout.targets)\nend) }")
    guard case .rollout(let bound?) = rig.recipe.flow.stages.last else { return }
    rig.scripts.start(1, Body(recipe: 0, function: bound.function), on: .rollout(options: bound.options))
    _ = rig.scripts.step(1, .begin)
    let error = rig.scripts.step(1, .refused(Failure(.invalid, "not now"))).result?.error
    #expect(error?.failure.message == "not now" && error?.place == place)
  }

  @Test("a stop says why")
  func stop() throws {
    #expect(try play("rollout:stop('%d of %d', 1, 2)").decisions == [.stop(reason: "1 of 2")])
  }

  @Test(
    "what a gate cannot hold is refused in the words of the recipe",
    arguments: [
      ("rollout:approve { count = 2 }", "rollout:approve cannot tell two persons apart without from, so a count over 1 is refused"),
      ("rollout:approve { from = {} }", "rollout:approve waits for 1 approval, and from has 0 names"),
      ("rollout:approve { from = { 'kim', 'kim' }, count = 2 }", "rollout:approve waits for 2 approvals, and from has 1 name"),
      ("rollout:approve { own = false }", "rollout:approve cannot verify who deploys, so own = false is refused"),
      ("rollout:watch { during = '1m' }", "rollout:watch takes exactly one of http, port, command and check"),
      ("rollout:watch { during = '1m', port = 1, command = 'x' }", "rollout:watch takes exactly one of http, port, command and check"),
      ("rollout:watch { port = 1 }", "rollout:watch needs during"),
      (
        "rollout:watch { during = '3d', every = '1s', port = 1 }",
        "rollout:watch would check each host 259200 times, and 10000 times is the most"
      ),
      ("rollout:watch { during = '1m', port = 1, alow = 1 }", "rollout:watch has no field \"alow\""),
      (
        "rollout:watch { during = '1m', port = 1, on_fail = 'ignore' }",
        "on_fail of rollout:watch must be \"fail\" or \"return\", got \"ignore\""
      ),
      ("rollout:watch { during = '1m', check = function() end, from = 'host' }", "rollout:watch with check takes no from"),
      ("rollout:approve { name = 'a\\nb' }", "the name of a gate must be one line of at most 200 bytes, got \"a\\\nb\""),
      ("rollout:pause(string.rep('x', 2001))", "the message of gate \"pause\" has 2001 bytes, and 2000 is the most"),
      ("rollout:watch '10m'", "rollout:watch takes a table: rollout:watch { during = \"10m\", port = 80 }"),
    ])
  func mistakes(body: String, message: String) throws {
    let error = try play(body).error
    #expect(error?.failure.message == message)
    #expect(error?.place == place)
  }
}
