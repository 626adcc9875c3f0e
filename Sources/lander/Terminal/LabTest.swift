import DeployDesk
import DeployModel
import DeployReport

/// Runs a lab and shows what happens.
struct LabTest {
  let options: ProjectOptions
  let choice: LabOptions
  /// The tests of the specs.
  let specs: SpecRun
  /// The files of the specs.
  let files: [SourceFile]
  /// Whether the standard sequence of deployments also runs for each recipe.
  let hasCourses: Bool
  /// Text that must occur in the names of the tests and recipes, or nil for all of them.
  let filter: String?

  /// The results, and sentences about what differed from real hosts.
  struct End {
    var results: [SpecResult] = []
    var notes: [String] = []
    /// The recipes that did not run.
    var skipped: [SkippedTest] = []
    /// The folders that were kept.
    var kept: [String] = []
  }

  func end(on terminal: Terminal) async throws -> End {
    EarlyEnd.nowHolds("no real host was reached")
    let project = try Wiring.project(options)
    let tests = try choice.recipe == nil ? specs.labTests(of: files, filter: filter) : []
    let requests = hasCourses ? try requests(of: project.project) : nil
    if tests.isEmpty, requests?.wanted.isEmpty != false { throw Problems(nothing(requests, in: project.project)) }
    terminal.tell([
      "Hooks, builds and other commands of recipes run on this machine now, as you.",
      "Each group gets at most \(choice.most.of("throwaway host")), made as folders in a private temporary folder.",
    ])
    var end = End()
    end.skipped = requests?.skipped ?? []
    for request in requests?.wanted ?? [] {
      try await inLab(of: project, &end, on: terminal) { lab in
        await LabCourse(request, in: setting(of: lab)) { terminal.tell("  \($0) …") }.results()
      }
    }
    for run in tests {
      terminal.tell("  \(run.test.name) …")
      try await inLab(of: project, &end, on: terminal) { lab in
        let labCase = LabCase(in: setting(of: lab), code: specs.code)
        return [await run.result(in: labCase)]
      }
    }
    return end
  }

  /// Runs some of the tests in a separate lab, which is removed afterwards.
  private func inLab(
    of project: LoadedProject, _ end: inout End, on terminal: Terminal, _ body: (Lab) async throws -> [LabResult]
  ) async throws {
    let lab = try Lab(of: project, options, most: choice.most, keeps: choice.keep, tell: terminal.listener(.quiet))
    let results: [LabResult]
    do {
      try await lab.folder.verify()
      results = try await body(lab)
    } catch {
      await lab.close(keeps: choice.keep)
      throw error
    }
    lab.noteStandIns()
    await lab.close(keeps: choice.keep)
    end.results += results.map { one in
      var result = one.result
      result.output = LabLines(one.output).all
      return result
    }
    end.notes += lab.scene.notes.filter { !end.notes.contains($0) }
    if choice.keep { end.kept.append(lab.folder.folder) }
  }

  private func setting(of lab: Lab) -> LabSetting {
    LabSetting(desk: lab.desk, scene: lab.scene, project: lab.project, hosts: lab.hosts, limit: choice.limit)
  }

  private func requests(of project: Project) throws -> LabRequests {
    let given = RecipeOptions([], explicit: choice.param, recipes: [], declared: project.recipes.flatMap(\.parameters), options: [])
    if !given.problems.isEmpty { throw Problems(given.problems) }
    return try LabRequests(
      of: project, recipe: choice.recipe, group: choice.group, parameters: given.parameters, filter: filter)
  }

  private func nothing(_ requests: LabRequests?, in project: Project) -> Problem {
    if let requests, filter == nil || !requests.skipped.isEmpty { return requests.nothing(hasRecipes: !project.recipes.isEmpty) }
    return filter.map { Problem("no recipe and no lab test has \"\($0)\" in its name", fix: "lander list shows the recipes") }
      ?? Problem("there is no lab test in these files", fix: "write lab(\"title\", function(lab) … end) in one of them")
  }
}

extension LabTest.End {
  /// Lines that say what differed from real hosts, and where the folders are.
  var lines: [String] {
    (notes.isEmpty ? [] : ["Not as on real hosts:"] + notes.map { "  - \(SafeText.line($0))" })
      + kept.map { "The throwaway hosts stay in \($0): rm -r removes them." }
  }
}
