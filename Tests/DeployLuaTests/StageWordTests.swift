import DeployLua
import DeployModel
import Testing

/// `stage "name" { … }` as it is read: what it says of itself beside its function.
struct StageWordTests {
  private func problems(_ fields: String) -> [String] {
    DeployLuaTests.problems(
      "recipe \"a\" { path = \"/a\",\n  stages = { stage.upload, stage \"migrate\" { \(fields) }, stage.rollout },\n}")
  }

  @Test("a stage says how often it runs, where, and whether it can be undone; one that says nothing has no terms")
  func read() throws {
    let main = """
      group "db" { hosts = { "db1" } }
      recipe "a" { path = "/a", partners = group "db", stages = {
        stage "plain" { run = function() end },
        stage "each" { once = "deployment", on = "engine", irreversible = false, run = function() end },
        stage "migrate" { once = "revision", on = "host", run = function(host) host:run "x" end },
        stage "contract" { on = group "db", irreversible = true, run = function(host) host:run "y" end },
        stage.upload, stage.rollout,
      } }
      """
    let recipe = try #require(try load(main).project.recipes.last)
    #expect(
      recipe.flow.stages.prefix(4).map(\.terms) == [
        nil, StageTerms(once: .deployment, ground: .engine), StageTerms(once: .revision, ground: .host),
        StageTerms(ground: .group("db"), irreversible: true),
      ])
    #expect(recipe.flow.stages.prefix(4).map { $0.terms?.leavesMark ?? false } == [false, false, true, true])
  }

  @Test("each mistake is named with its line and what it may be")
  func mistakes() {
    #expect(problems("once = \"always\", run = function() end").contains { $0.contains("deploy.lua:2: once of stage \"migrate\" must be") })
    #expect(problems("on = \"db\", run = function() end").contains { $0.contains("\"host\", \"engine\", or a group such as group \"db\"") })
    #expect(problems("on = {}, run = function() end").contains { $0.contains("on of stage \"migrate\" must be") })
    #expect(problems("irreversible = 1, run = function() end").contains { $0.contains("irreversible of stage \"migrate\" must be") })
    #expect(
      problems("irreversable = true, run = function() end").contains {
        $0.contains("has no field \"irreversable\"; did you mean irreversible?")
      })
  }

  @Test("the function of a stage on one host gets that host before the deployment; without it, or on the engine, the deployment alone")
  func given() throws {
    let rig = try Rig(
      """
      recipe "shop" { path = "/srv/shop", stages = {
        stage "a" { on = "host", run = function(host, deployment) log.info("%s %s", host.name, deployment.application) end },
        stage "b" { on = "engine", run = function(deployment, rest) log.info("%s %s", deployment.application, tostring(rest)) end },
        stage "c" { run = function(deployment, rest) log.info("%s %s", deployment.application, tostring(rest)) end },
      } }
      """)
    let lines = rig.recipe.flow.stages.compactMap { stage -> [String]? in
      guard case .script(_, _, let function, _, _, _) = stage else { return nil }
      return rig.run(Body(recipe: 0, function: function), on: .deployment) { _, _ in .done() }.log
    }
    #expect(lines == [["info: web1 shop"], ["info: shop nil"], ["info: shop nil"]])
  }
}
