import DeployLua
import DeployModel
import Testing

@Suite("rollout:analyse and twins")
struct AnalyseWordTests {
  private func rig(_ body: String, hosts: Int = 4) throws -> (rig: Rig, strategy: Body, options: Value) {
    let rig = try Rig(
      "recipe \"shop\" { path = \"/srv/shop\", strategy = strategy \"own\" (function(rollout)\n\(body)\nend) }", hosts: hosts)
    guard case .rollout(let bound?) = rig.recipe.flow.stages.last else { throw Failure(.failed, "there is no strategy") }
    return (rig, Body(recipe: 0, function: bound.function), bound.options)
  }

  private func gate(_ body: String, hosts: Int = 4) throws -> Gate? {
    let (rig, strategy, options) = try rig(body, hosts: hosts)
    let run = rig.run(strategy, on: .rollout(options: options))
    if let error = run.result.error { throw error }
    for case .decide(.gate(let gate)) in run.requests { return gate }
    return nil
  }

  private func message(_ body: String) throws -> String {
    let (rig, strategy, options) = try rig(body)
    return try #require(rig.run(strategy, on: .rollout(options: options)).result.error?.failure.message, "\(body)")
  }

  @Test("an analysis is a gate that measures canaries and the twins of their zones, as often as its time has room")
  func analysis() throws {
    let plain = try #require(
      try gate("rollout:analyse { canary = rollout.targets:take(2), rate = function() end, margin = '+0.5pp', during = '1m' }"))
    let number = try #require(plain.watch.flatMap { if case .function(let number) = $0.question { number } else { nil } })
    #expect(
      plain
        == Gate(
          .analysis, name: "analysis", time: .minutes(1),
          watch: Watch(
            .function(number), hosts: [0, 1, 2, 3], looks: 7, comparison: Comparison(.rate, pairs: 2, margin: "+0.5pp", alpha: 0.01)),
          place: SourcePlace(file: "deploy.lua", line: 2)))
    let full = try #require(
      try gate(
        "rollout:analyse { canary = { rollout.targets[1] }, baseline = rollout.targets[4], value = function() end, margin = '+10%', "
          + "alpha = 0.5, during = '20s', every = '7s', timeout = '2s', name = 'p95', on_fail = 'return', on_inconclusive = 'pass' }"))
    #expect(full.watch?.hosts == [0, 3] && full.watch?.every == .seconds(7) && full.watch?.looks == 4 && full.watch?.limit == .seconds(2))
    #expect(full.watch?.comparison == Comparison(.value, pairs: 1, margin: "+10%", alpha: 0.5))
    #expect(full.name == "p95" && full.failing == .return && full.undecided == .pass)
  }

  @Test("what a function measures is taken as the engine wants it, and anything else is an error of its line")
  func measures() throws {
    func measured(_ unit: String, _ gives: String) throws -> ScriptResult? {
      let (rig, strategy, options) = try rig(
        "rollout:analyse { canary = rollout.targets:take(1), \(unit) = function(host, deployment) return \(gives) end, margin = '+1', "
          + "during = '10s' }")
      rig.scripts.start(1, strategy, on: .rollout(options: options))
      guard case .decide(.gate(let gate))? = rig.scripts.step(1, .begin).request, case .function(let function)? = gate.watch?.question
      else { throw Failure(.failed, "no gate with a function") }
      rig.scripts.start(2, Body(recipe: 0, function: function), on: .host(1))
      return rig.scripts.step(2, .begin).result
    }
    #expect(try measured("rate", "{ failed = 3, of = 1000.0 }") == .returned("3/1000"))
    #expect(try measured("value", "#host.name + 0.5") == .returned(.number(4.5)))
    #expect(try measured("rate", "nil") == .returned(.null))
    for (unit, gives, reason) in [
      ("rate", "7", "or nil for no data, got 7"), ("rate", "{ failed = 3 }", "failed = 3, of = nil"),
      ("rate", "{ failed = 3, of = 2 }", "failed at most of"), ("rate", "{ failed = 0.5, of = 2 }", "whole numbers"),
      ("value", "'7'", "gives a number"), ("value", "0/0", "gives a number"), ("value", "math.huge", "gives a number"),
    ] {
      let error = try #require(try measured(unit, gives)?.error)
      #expect(error.failure.message.contains(reason) && error.place?.file == "deploy.lua", "\(gives): \(error)")
    }
  }

  @Test("an analysis without a question, with two, or with sides that do not pair is refused")
  func refused() throws {
    let rest = "margin = '+1pp', during = '1m'"
    for (fields, reason) in [
      ("canary = rollout.targets:take(1), \(rest)", "exactly one of rate and value"),
      ("canary = rollout.targets:take(1), rate = print, value = print, \(rest)", "rate"),
      ("rate = function() end, \(rest)", "needs canary"),
      ("canary = rollout.targets:take(1), rate = function() end, during = '1m'", "margin"),
      ("canary = rollout.targets:take(3), rate = function() end, \(rest)", "there are 3 and 1 of them"),
      ("canary = rollout.targets:take(1), rate = function() end, margin = '+1', during = '30h', every = '1s'", "10000 times is the most"),
      ("canary = rollout.targets:take(1), rate = function() end, margn = '+1', during = '1m'", "has no field \"margn\""),
    ] {
      #expect(try message("rollout:analyse { \(fields) }").contains(reason), "\(fields)")
    }
    #expect(try message("rollout:analyse(7)").contains("takes a table"))
  }

  @Test("a twin is the host outside with most tags in common, no host is the twin of two, and none is made up")
  func twins() throws {
    func names(_ expression: String, hosts: Int = 6) throws -> String {
      let (rig, strategy, options) = try rig("log.info('%s', tostring(\(expression)))", hosts: hosts)
      return try #require(rig.run(strategy, on: .rollout(options: options)).log.first)
    }
    #expect(try names("rollout.targets:twins(rollout.targets:take(2))") == "info: web3, web4")
    #expect(try names("rollout.targets:twins { rollout.targets[1], rollout.targets[3] }") == "info: web5, web2")
    #expect(try names("rollout.targets:twins({ rollout.targets[1], rollout.targets[3] }, { by = 'zone' })") == "info: web5")
    #expect(try names("rollout.targets:twins(rollout.targets[2])") == "info: web4")
    #expect(try names("rollout.targets:twins(rollout.targets)") == "info: ")
  }
}
