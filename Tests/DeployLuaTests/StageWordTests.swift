import DeployLua
import DeployModel
import Testing

/// Reading `stage "name" { … }`: the fields beside its function.
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

  @Test("a stage may say what undoes it, and then hosts remember it; that, and that nothing does, is a contradiction")
  func undo() throws {
    let main = """
      recipe "a" { path = "/a", stages = {
        stage "migrate" { on = "host", run = function(host) end, when = function() return true end, undo = function(host) end },
        stage.upload, stage.rollout,
      } }
      """
    let recipe = try #require(try load(main).project.recipes.last)
    guard case .script(_, _, let run, let when, _, let terms?) = recipe.flow.stages[0] else { return #expect(Bool(false)) }
    #expect(terms.ground == .host && terms.leavesMark && Set([run, when, terms.undo]).count == 3 && terms.undo != nil)
    #expect(
      problems("irreversible = true, run = function() end, undo = function() end").contains {
        $0.contains("deploy.lua:2: stage \"migrate\" has undo and is irreversible")
      })
    #expect(problems("undo = 1, run = function() end").contains { $0.contains("undo of stage \"migrate\" must be") })
  }

  @Test("the function that undoes a stage gets its host, the deployment, and why the stage failed if it did")
  func undone() throws {
    let rig = try Rig(
      """
      recipe "shop" { path = "/srv/shop", stages = {
        stage "a" { on = "host", run = function() end,
          undo = function(host, deployment, err) log.info("%s %s", host.name, tostring(err)) end },
        stage "b" { run = function() end, undo = function(deployment, err) log.info("%s %s", deployment.application, tostring(err)) end },
      } }
      """)
    func lines(on subject: Subject) -> [String] {
      rig.recipe.flow.stages.compactMap { $0.terms?.undo }.flatMap { function in
        rig.run(Body(recipe: 0, function: function), on: subject) { _, _ in .done() }.log
      }
    }
    #expect(lines(on: .deployment) == ["info: web1 nil", "info: shop nil"])
    #expect(lines(on: .failure(ScriptError(Failure(.command, "half")))).allSatisfy { $0.contains("half") })
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
