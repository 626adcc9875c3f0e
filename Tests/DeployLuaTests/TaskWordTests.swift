import DeployLua
import DeployModel
import Testing

/// Reading `task "name" { … }`.
struct TaskWordTests {
  private func problems(_ tasks: String, more: String = "") -> [String] {
    DeployLuaTests.problems("recipe \"a\" { path = \"/a\", \(more)\n  tasks = { \(tasks) },\n}")
  }

  @Test("a task has its functions, its parameters and its strategy")
  func read() throws {
    let main = """
      recipe "a" { path = "/a", tasks = {
        task "look" { drain = true, summary = "once a day", params = { how = param.string { default = "x" } }, run = function() end },
        task "index" { once = function() end },
        task "restart" { restart = true, drain = true, strategy = rolling { batch = 1 } },
      } }
      """
    let recipe = try #require(try load(main).project.recipes.first)
    #expect(recipe.tasks.map(\.name) == ["look", "index", "restart"])
    #expect(recipe.tasks.map(\.work.around) == [.drain, nil, .restart])
    #expect(recipe.tasks.map { $0.strategy?.name } == ["growing", nil, "rolling"])
    #expect(recipe.tasks[0].parameters.map(\.name) == ["how"] && recipe.tasks[0].summary == "once a day")
    #expect(recipe.tasks[0].work.function != nil && recipe.tasks[1].once != nil && recipe.tasks[1].work.function == nil)
    #expect(recipe.tasks[0].place?.line == 2)
  }

  @Test("each mistake in a task is named with its line and the field that was meant")
  func mistakes() {
    #expect(problems("task \"t\" { rum = function() end }").contains { $0.contains("task \"t\" has no field \"rum\"; did you mean run?") })
    #expect(problems("task \"t\" {}").contains { $0.contains("deploy.lua:2: task \"t\" does nothing") })
    #expect(problems("task \"t\" { drain = true }").contains { $0.contains("takes hosts out of traffic and does nothing there") })
    #expect(problems("task \"t\" { run = 3 }").contains { $0.contains("run of task \"t\" must be a function") })
    #expect(problems("task \"t\" { once = function() end, strategy = rolling }").contains { $0.contains("nothing to do on hosts") })
    #expect(problems("task \"t\" { restart = true }, task \"t\" { restart = true }").contains { $0.contains("stands in the list twice") })
    #expect(problems("task \"t\"").contains { $0.contains("task \"t\" has a name and nothing else") })
    #expect(problems("stage.upload").contains { $0.contains("a list of tasks") })
    #expect(problems("task \"t\" { restart = true }", more: "appspec = {},").contains { $0.contains("scripts of an appspec file") })
  }

  @Test("tasks of a base stay, and one of the same name in the recipe takes its place")
  func bases() throws {
    let main = """
      local base = recipe { path = "/a", tasks = { task "x" { restart = true }, task "y" { restart = true } } }
      recipe "a" { base = base, tasks = { task "y" { run = function() end } } }
      """
    let tasks = try #require(try load(main).project.recipes.first).tasks
    #expect(tasks.map(\.name) == ["x", "y"] && tasks[1].work.around == nil)
  }
}
