import DeployDesk
import DeployModel
import DeployReport

/// Runs a lab and shows what happens.
struct LabTest {
  let options: ProjectOptions
  let choice: LabOptions
  /// A text that the wanted steps' names contain; nil: all.
  let filter: String?

  /// How everything ended, and the sentences about what was not as on real hosts.
  struct End {
    var results: [SpecResult]
    var notes: [String]
    /// The folder of the lab, if it was kept.
    var kept: String?
  }

  func end(on terminal: Terminal) async throws -> End {
    let lab = try Lab(options, most: choice.most, keeps: choice.keep, tell: terminal.listener(.quiet))
    EarlyEnd.nowHolds("no real host was reached")
    do {
      let end = try await end(of: lab, on: terminal)
      await lab.close(keeps: choice.keep)
      return end
    } catch {
      await lab.close(keeps: choice.keep)
      throw error
    }
  }

  private func end(of lab: Lab, on terminal: Terminal) async throws -> End {
    let given = RecipeOptions([], explicit: choice.param, recipes: [], declared: lab.project.project.recipes.flatMap(\.parameters), options: [])
    if !given.problems.isEmpty { throw Problems(given.problems) }
    let requests = try lab.project.project.labRequests(recipe: choice.recipe, group: choice.group, parameters: given.parameters)
    terminal.tell([
      "Hooks, builds and other commands of the recipe run on this machine now, as you.",
      "The throw-away hosts are folders in \(lab.folder.folder), at most \(choice.most) for each group.",
    ])
    var results: [SpecResult] = []
    for request in requests where request.isWanted(filter) {
      let course = LabCourse(
        desk: lab.desk, scene: lab.scene, project: lab.project, hosts: lab.hosts, request: request, limit: choice.limit
      ) { terminal.tell("  \($0) …") }
      results += await course.results().map { one in
        var result = one.result
        result.output = LabLines(one.output).all
        return result
      }
    }
    if results.isEmpty { throw Problems(Problem("no recipe has \"\(filter ?? "")\" in its name", fix: "lander list shows the recipes")) }
    return End(results: results, notes: lab.scene.notes, kept: choice.keep ? lab.folder.folder : nil)
  }
}

extension DeploymentRequest {
  fileprivate func isWanted(_ filter: String?) -> Bool { filter.map { recipe?.contains($0) == true } ?? true }
}

extension LabTest.End {
  /// What was not as on real hosts, and where the folder is.
  var lines: [String] {
    (notes.isEmpty ? [] : ["Not as on real hosts:"] + notes.map { "  - \(SafeText.line($0))" })
      + (kept.map { ["The throw-away hosts stay in \($0): rm -r removes them."] } ?? [])
  }
}
