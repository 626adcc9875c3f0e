import DeployCore
import DeployEngine
import DeployModel
import DeployReport

/// Hosts of a group with what deploys to them, asked about themselves.
struct Surveyed {
  var selection: Selection
  var surveys: [Survey]
  var named: [(host: DeployModel.Host, survey: Survey)] { Array(zip(selection.hosts, surveys)) }
  var unreachable: Int { surveys.count { if case .unreachable = $0 { true } else { false } } }

  /// What the project would deploy where: one selection for each recipe and the group that is asked for, or its own.
  /// - Throws: where the group or recipe does not exist, or no recipe goes there.
  static func selections(
    _ project: Project, recipe: String?, group: String?, only: [String] = []
  )
    throws(Problems) -> [Selection]
  {
    if let recipe { _ = try Selection.recipe(recipe, in: project) }
    if let group, !project.groups.contains(where: { $0.name.isExactly(group) }) {
      throw Problems(
        Problem(
          "there is no group \"\(group)\"",
          fix: NearMatch.hint(group, among: project.groups.map(\.name))))
    }
    var selections: [Selection] = []
    for candidate in project.recipes where recipe.map({ candidate.name.isExactly($0) }) ?? true {
      let own: String? = if case .group(let name) = candidate.targets { name } else { nil }
      if recipe == nil, let group, let own, own != group,
        project.recipes.contains(where: { $0.targets == .group(group) })
      {
        continue
      }
      if group == nil, candidate.targets == .unset { continue }
      selections.append(try Selection.bare(candidate, group: group, only: only, in: project))
    }
    if selections.isEmpty {
      throw Problems(Problem("deploy.lua declares no recipe with targets", fix: "say --group NAME"))
    }
    return selections
  }

  /// Asks every host, and names the ones that it waits for.
  static func ask(_ selection: Selection, _ engine: Engine, _ terminal: Terminal) async -> Surveyed {
    let preparation = await AnswerWatch.survey(selection, engine, terminal)
    return Surveyed(selection: selection, surveys: preparation.surveys)
  }
}

extension Selection {
  /// Hosts of a recipe, whatever its parameters: nothing is going to be deployed.
  static func bare(
    _ recipe: Recipe, group: String?, only: [String], in project: Project
  )
    throws(Problems) -> Selection
  {
    var free = project
    var bare = recipe
    bare.parameters = []
    free.recipes = [bare]
    return try Selection(DeploymentRequest(recipe: recipe.name, group: group, only: only), in: free)
  }
}

/// What deployments left on the hosts, asked of many recipes at once.
enum Asking {
  /// Runs a body with an engine that is closed afterwards, however it ends.
  static func with<T>(_ engine: Engine, _ body: (Engine) async throws -> T) async throws -> T {
    do {
      let result = try await body(engine)
      await engine.close()
      return result
    } catch {
      await engine.close()
      throw error
    }
  }
}
