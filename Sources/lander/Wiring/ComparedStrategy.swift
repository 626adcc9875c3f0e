import DeployDesk
import DeployLua
import DeployModel

extension Wiring {
  /// Makes a project from a typed strategy: `rolling { batch = "10%" }`, `require "strategies.mine" {}`, or the name of one of CodeDeploy's
  /// configurations, which needs no strategy.
  /// - Parameters:
  ///   - recipe: the recipe whose bounds apply. Its configuration applies too, unless the text is the name of a different configuration.
  ///   - options: the options with the project's folder, where `require` finds files.
  /// - Throws: an error that says what is wrong with the text.
  static func strategy(_ text: String, in recipe: Recipe, _ options: ProjectOptions) throws -> LoadedProject {
    let folder = try options.folder()
    let sources = try ProjectSources(folder, state: options.stateFolder())
    let isConfiguration = text.hasPrefix("CodeDeployDefault.")
    let field = isConfiguration ? "configuration = \"\(text.filter { $0 != "\"" && $0 != "\\" })\"" : "strategy = \(text)"
    let main = SourceFile(
      path: "deploy.lua",
      text: """
        group "simulated" { hosts = { host "h1" {} } }
        recipe "simulated" { api = 1, revision = bundle { from = "." }, targets = group "simulated", path = "/simulated", \(field) }

        """)
    do throws(Problems) {
      var project = try LuaProject.load(
        main: main, origins: sources.origins, names: { requirable(from: folder) }, reviews: false, read: sources.read
      ).project
      if !isConfiguration { for index in project.recipes.indices { project.recipes[index].configuration = recipe.configuration } }
      return LoadedProject(folder: folder, project: project)
    } catch {
      throw Problems(
        error.list.map { problem in
          let isTyped = problem.place?.file == main.path
          return Problem(
            problem.message, place: isTyped ? nil : problem.place, subject: "--compare \(text)",
            fix: problem.fix ?? "write rolling { batch = \"10%\" } or CodeDeployDefault.OneAtATime")
        })
    }
  }
}
