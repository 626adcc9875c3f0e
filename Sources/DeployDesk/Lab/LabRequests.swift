package import DeployModel

/// The recipes that a lab deploys, and those that it cannot deploy.
package struct LabRequests: Sendable {
  package private(set) var wanted: [DeploymentRequest]
  /// The recipes that do not run, each with the reason.
  package private(set) var skipped: [SkippedTest]

  /// Chooses the named recipe, or each recipe that a lab can run.
  /// - Parameter filter: text that the recipe names must contain, or nil for all recipes.
  /// - Throws: if the named recipe does not exist, or a lab cannot run it.
  package init(
    of project: Project, recipe name: String?, group: String?, parameters: [Value.Member], filter: String?
  ) throws(Problems) {
    let chosen = try name.map { name throws(Problems) in [try project.recipe(named: name)] } ?? project.recipes
    let filtered = chosen.filter { recipe in filter.map { recipe.name.contains($0) } ?? true }
    skipped = filtered.compactMap { recipe in recipe.reason(for: group).map { SkippedTest(recipe.name, $0) } }
    if name != nil, let reason = skipped.first?.reason, let recipe = chosen.first {
      throw Problems(Problem("a lab does not run recipe \"\(recipe.name)\": \(reason)", place: recipe.place))
    }
    wanted = filtered.filter { $0.reason(for: group) == nil }.map {
      DeploymentRequest(recipe: $0.name, group: group, parameters: parameters)
    }
  }

  /// Returns the problem to report if no recipe can run.
  /// - Parameter hasRecipes: whether `deploy.lua` declares recipes.
  package func nothing(hasRecipes: Bool) -> Problem {
    var problem = Problem("deploy.lua declares no recipe that a lab can run")
    for one in skipped { problem.message += "\nrecipe \"\(one.name)\": \(one.reason)" }
    problem.fix = hasRecipes ? "say --recipe NAME --group NAME" : "add one: recipe \"web\" { … }"
    return problem
  }
}

extension Recipe {
  /// Returns why a lab does not run the recipe with this group, or nil if it runs it.
  fileprivate func reason(for group: String?) -> String? {
    if appspec != nil { return "its appspec file names folders of the whole machine; lander appspec run tries its bundle alone" }
    return group != nil || targets != .unset ? nil : "it has no targets; --group NAME chooses some"
  }
}
