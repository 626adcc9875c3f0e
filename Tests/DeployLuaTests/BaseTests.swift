import DeployLua
import DeployModel
import Testing

@Suite("Recipes built on recipes") struct BaseTests {
  private func stages(_ main: String) throws -> [String] { try #require(try load(main).project.recipes.last).flow.stages.map(\.name) }
  private func warnings(_ main: String) throws -> [String] {
    try load(main).project.warnings.map { "\($0.place?.line ?? 0): \($0.message)" }
  }
  private let platform = """
    local function nothing() end
    local platform = recipe {
      path = "/srv/app",
      stages = {
        stage "freeze" { run = nothing }, stage.upload, stage "gate" { run = nothing },
        stage.rollout { strategy = rolling { batch = 2 } }, stage "tell" { run = nothing },
      },
    }

    """

  @Test("a base's stages stay before the upload, before the rollout and after it, around the recipe's own")
  func sections() throws {
    #expect(
      try stages(
        platform + """
          recipe "app" { base = platform, stages = {
            stage "check" { run = nothing }, stage.upload, stage "migrate" { run = nothing }, stage.rollout,
            stage "warm" { run = nothing } } }
          """) == ["freeze", "check", "upload", "gate", "migrate", "rollout", "tell", "warm"])
    #expect(
      try stages(platform + "recipe \"app\" { base = platform, stages = { stage \"migrate\" { run = nothing } } }")
        == ["freeze", "upload", "gate", "migrate", "rollout", "tell"])
    #expect(try stages(platform + "recipe \"app\" { base = platform }") == ["freeze", "upload", "gate", "rollout", "tell"])
  }

  @Test("a recipe without a base that declares stages keeps its own list as it is")
  func alone() throws {
    #expect(try stages("recipe \"app\" { path = \"/a\", stages = { stage.rollout } }") == ["rollout"])
    #expect(
      try stages("recipe \"app\" { path = \"/a\", base = recipe { keep = 2 }, stages = { stage.rollout } }") == ["rollout"])
    #expect(
      try stages("recipe \"app\" { path = \"/a\", base = recipe { keep = 2 }, stages = { stage \"x\" { run = function() end } } }")
        == ["upload", "x", "rollout"])
  }

  @Test("a bare stage.rollout keeps the base's strategy, and one with a strategy wins")
  func strategies() throws {
    func strategy(_ rollout: String) throws -> String? {
      let recipe = try #require(try load(platform + "recipe \"app\" { base = platform, stages = { \(rollout) } }").project.recipes.last)
      for case .rollout(let strategy) in recipe.flow.stages { return strategy?.name }
      return nil
    }
    #expect(try strategy("stage.upload, stage.rollout") == "rolling")
    #expect(try strategy("stage.rollout { strategy = all_at_once {} }") == "all_at_once")
  }

  @Test("before and after put a stage where they say, several of them in their order")
  func placed() throws {
    #expect(
      try stages(
        platform + """
          recipe "app" { base = platform, stages = {
            stage "a" { after = "upload", run = nothing }, stage "b" { after = "upload", run = nothing },
            stage "c" { before = "upload", run = nothing }, stage "d" { before = "gate", run = nothing }, 
            stage "e" { after = "d", run = nothing } } }
          """) == ["freeze", "c", "upload", "a", "b", "d", "e", "gate", "rollout", "tell"])
    #expect(
      problems(
        """
        recipe "app" { path = "/a", stages = {
          stage "a" { before = "uplaod", run = function() end },
          stage "b" { after = "c", run = function() end },
          stage "c" { after = "b", run = function() end },
          stage "d" { after = "upload", before = "rollout", run = function() end },
        } }
        """) == [
          "deploy.lua:2: stage \"a\" is to run before \"uplaod\", and there is no such stage; did you mean \"upload\"?",
          "deploy.lua:3: stage \"b\" is to run after stage \"c\", and that one waits for it in turn",
          "deploy.lua:4: stage \"c\" is to run after stage \"b\", and that one waits for it in turn",
          "deploy.lua:5: stage \"d\" has both before and after; keep one of them",
        ])
  }

  @Test("several bases add up in their order, and what two of them share runs once")
  func several() throws {
    let main = """
      local function hook() end
      local gated = { stage.upload, stage "gate" { run = hook }, stage.rollout }
      local common = recipe { path = "/srv/app", on = { AfterInstall = hook }, stages = gated }
      local a = recipe { base = common, on = { ApplicationStart = function() end }, params = { one = param.boolean { default = true } } }
      local b = recipe { base = common, stages = { stage "b" { run = hook } }, on = { ApplicationStart = function() end } }
      recipe "app" { base = { a, b }, stages = { stage "own" { run = hook } } }
      """
    let recipe = try #require(try load(main).project.recipes.first)
    #expect(recipe.flow.stages.map(\.name) == ["upload", "gate", "b", "own", "rollout"])
    #expect(
      recipe.flow.hooks.map { "\($0.event.rawValue):\($0.place?.line ?? 0)" } == [
        "AfterInstall:1", "ApplicationStart:4", "ApplicationStart:5",
      ])
    #expect(recipe.parameters.map(\.name) == ["one"])
    #expect(try warnings(main) == [])
    #expect(problems("recipe \"app\" { path = \"/a\", base = { 7 } }").first?.contains("must be a recipe to build upon") == true)
  }

  @Test("a warning says what of a base is lost")
  func lost() throws {
    #expect(
      try warnings(
        """
        local x = param.boolean {}
        local a = recipe { path = "/srv/a", keep = 3, strategy = rolling { batch = 1 }, shared = { "log/" }, params = { x = x } }
        local b = recipe { path = "/srv/b", keep = 3, strategy = rolling { batch = 2 }, params = { x = param.string {} } }
        recipe "app" {
          base = { a, b },
          shared = { "tmp/" },
        }
        """) == [
          "5: path of recipe \"app\" comes from two of its bases; the later one is used",
          "5: two bases of recipe \"app\" have a strategy; the later one is used",
          "5: parameter \"x\" of recipe \"app\" comes from two of its bases; the later one is used",
          "6: shared of recipe \"app\" replaces its base's: \"log/\" is not shared then",
        ])
    #expect(
      try warnings(platform + "recipe \"app\" { base = platform, stages = { stage \"gate\" { run = nothing } } }")
        == ["9: stage \"gate\" is in the base too, and both run"])
  }
}
