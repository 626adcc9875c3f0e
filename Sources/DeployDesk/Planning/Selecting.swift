import DeployCore
import DeployModel

/// Turns a request into recipe, group, hosts and parameters, and finds everything else that is known to be wrong before anything is
/// built.
struct Selecting: Sendable {
  let project: LoadedProject
  let stage: RehearsalStage

  /// - Throws: every problem of the request, of its recipe and of its revision, at once.
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
      // Played on hosts that run something, because only there a hook that stops an earlier release runs.
      let findings = try await DryRun(project: project, stage: stage).findings(selection, isFresh: false)
      problems += findings.filter(\.isCertain).map(\.problem).filter { !problems.contains($0) }
    }
    guard problems.isEmpty, let selection else { throw Problems(problems) }
    return selection
  }
}
