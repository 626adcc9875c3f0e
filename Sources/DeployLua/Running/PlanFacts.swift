import DeployModel

/// What Lua learns about a plan before the first function runs. It depends only on the plan and the sources, so scripts that are read many
/// times for one plan share it. Two threads must not use it at the same time.
package final class PlanFacts {
  /// What one recipe of the plan gets.
  struct OfRecipe {
    /// The recipes that are read in full.
    var names: [String]
    /// The arguments of the function that begins the run phase.
    var start: WireWriter
  }

  private var recipes: [OfRecipe?] = []

  package init() {}

  /// What is kept for the recipe with this index, or nil if nothing is kept yet.
  subscript(recipe: Int) -> OfRecipe? { recipes.indices.contains(recipe) ? recipes[recipe] : nil }

  func keep(_ start: WireWriter, of recipe: Int, in plan: Plan) {
    while recipes.count <= recipe { recipes.append(nil) }
    recipes[recipe] = OfRecipe(names: Self.names(in: plan), start: start)
  }

  /// Returns the names of the recipes that a plan might need, each once.
  static func names(in plan: Plan) -> [String] {
    var names: [String] = []
    for name in [plan.subject.recipe] + plan.content.recipes.map(\.name) + plan.hosts.compactMap(\.previous?.recipe)
    where !names.contains(name) {
      names.append(name)
    }
    return names
  }
}
