import DeployLua
import DeployModel
import Testing

@Suite("Traffic in recipes")
struct TrafficTests {
  private func rig(_ body: String) throws -> (rig: Rig, strategy: Strategy) {
    let rig = try Rig(
      """
      local weights = { blue = 100, green = 0 }
      recipe "shop" { path = "/srv/shop",
        traffic = {
          pools = { "blue", "green" }, read = function(d) return { blue = 100, green = d.id and 0 } end,
          weight = function(w, d) log("%d %d %s", w.blue, w.green, d.status) end,
        },
        strategy = strategy "own" (function(rollout)
      \(body)
      end) }
      """)
    guard case .rollout(let strategy?) = rig.recipe.flow.stages.last else { throw Failure(.failed, "there is no strategy") }
    return (rig, strategy)
  }

  @Test("a recipe's traffic is two functions by number, with the names of its pools")
  func adapter() throws {
    let (rig, strategy) = try rig("")
    let adapter = try #require(strategy.traffic)
    #expect(adapter.pools == ["blue", "green"])
    #expect(
      rig.run(Body(recipe: 0, function: adapter.read), on: .traffic).result.value.flatMap(Weights.init)
        == Weights([.init("blue", 100), .init("green", 0)]))
    let set = rig.run(
      Body(recipe: 0, function: adapter.weight), on: .weights(try #require(Weights([.init("blue", 0), .init("green", 100)]))))
    #expect(set.log == ["info: 0 100 running"])
  }

  @Test("a shift names weights or a pool, and gives the weights that were")
  func shift() throws {
    let (rig, strategy) = try rig(
      "local before = rollout:shift { weights = { blue = 90, green = 10 } }\nlog('%d', before.blue)\nrollout:shift { to = 'green' }")
    rig.scripts.start(1, Body(recipe: 0, function: strategy.function), on: .rollout(options: strategy.options))
    let first = try #require(Weights([.init("blue", 90), .init("green", 10)]))
    #expect(rig.scripts.step(1, .begin).request == .decide(.shift(first)))
    let next = rig.scripts.step(1, .shifted(try #require(Weights([.init("blue", 100), .init("green", 0)]))))
    let green: Weights = try #require(Weights([.init("green", 100)]))
    #expect(next.request == .decide(.shift(green)) && next.log.map(\.text) == ["100"])
  }

  @Test(
    "what is no weights is refused in the recipe's words",
    arguments: [
      ("{ weights = { blue = 50 } }", "weights of rollout:shift must be whole per cent that sum to 100"),
      ("{ weights = { blue = 99.5, green = 0.5 } }", "weights of rollout:shift must be whole per cent that sum to 100"),
      ("{}", "rollout:shift takes weights or to: rollout:shift { to = \"green\" }"),
      ("{ to = 'blue', weights = { blue = 100 } }", "rollout:shift takes weights or to: rollout:shift { to = \"green\" }"),
    ])
  func mistakes(given: String, message: String) throws {
    let (rig, strategy) = try rig("rollout:shift \(given)")
    let run = rig.run(Body(recipe: 0, function: strategy.function), on: .rollout(options: strategy.options))
    #expect(run.result.error?.failure.message == message)
  }

  @Test("traffic that is not whole is a problem of the recipe")
  func problem() {
    let written = problems("recipe \"a\" { path = '/a', traffic = { pools = { 'x', 'x' }, read = function() end } }")
    #expect(written.contains { $0.contains("traffic of recipe \"a\" needs weight") }, "\(written)")
    #expect(written.contains { $0.contains("pool \"x\" of traffic stands there twice") }, "\(written)")
  }
}
