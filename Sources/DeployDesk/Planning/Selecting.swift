import DeployCore
import DeployModel

/// Resolves a request to its recipe, group, hosts and parameters. Also finds all other problems that can be found before the build.
struct Selecting: Sendable {
  let project: LoadedProject
  let stage: RehearsalStage

  /// Returns the selection.
  /// - Throws: an error that lists all problems of the request, the recipe and the revision.
  func selection(_ asked: Asked) async throws -> Selection {
    let request = asked.request
    var problems: [Problem] = []
    var selection: Selection?
    do { selection = try Selection(request, in: project.project, besides: asked.unclear) } catch { problems += error.list }
    if let recipe = try? Selection.recipe(request.recipe, in: project.project) {
      problems += recipe.rolloutProblems
      if recipe.revision == nil, request.revision == nil, !recipe.bringsNothing {
        problems.append(
          Problem(
            "recipe \"\(recipe.name)\" says nothing about what to deploy", place: recipe.place,
            fix: "add revision = bundle { from = \"dist\" }, or say --revision"))
      }
      if request.revision == nil, let problem = recipe.sourceProblem(in: project.folder, stage.files) { problems.append(problem) }
    }
    if let wanted = request.revision {
      let choice = RevisionChoice(wanted, stage.files)
      let recipe = try? Selection.recipe(request.recipe, in: project.project)
      if let problem = choice.missing(in: project.folder) ?? recipe.flatMap(choice.unlike) { problems.append(problem) }
    }
    if let selection { problems += PathOwners(project.project).problems(of: selection.recipe, on: selection.hosts) }
    if let selection {
      // The hosts of this rehearsal run an earlier release, because hooks that stop a release run only on such hosts.
      let findings = try await DryRun(project: project, stage: stage).findings(selection, isFresh: false)
      problems += findings.filter(\.isCertain).map(\.problem).filter { !problems.contains($0) }
    }
    guard problems.isEmpty, let selection else { throw Problems(problems) }
    return selection
  }
}
