import DeployLua
import DeployModel
import Testing

@Suite struct SpeedTests {
  @Test("ten thousand hosts with eight hooks each are stepped within the memory they are given")
  func fleet() throws {
    let events = [
      "ApplicationStop", "BeforeInstall", "AfterInstall", "ApplicationStart", "ValidateService", "BeforeAllowTraffic", "AllowTraffic",
      "AfterAllowTraffic",
    ]
    let hooks = events.map {
      "\($0) = function(host, deployment) host:run(\"step \" .. host.name, { timeout = \"5s\" }) log.info(\"%s done\", host) end,"
    }
    let count = 10_000
    let rig = try Rig("recipe \"shop\" { path = \"/srv/shop\", on = { \(hooks.joined(separator: "\n")) } }", hosts: count)
    var script = 0
    for hook in rig.recipe.flow.hooks {
      let first = script
      for host in 0..<count {
        rig.scripts.start(script, Body(recipe: 0, function: hook.function), on: .host(host))
        guard rig.scripts.step(script, .begin).request != nil else { throw Failure(.failed, "script \(script) asked for nothing") }
        script += 1
      }
      for id in first..<script {
        let end = rig.scripts.step(id, .outcome(Outcome(status: 0))).result
        guard end == .returned(.null) else { throw Failure(.failed, "script \(id): \(String(describing: end))") }
      }
    }
    #expect(script == 80_000)
    #expect(rig.scripts.count == 0)
  }
}
