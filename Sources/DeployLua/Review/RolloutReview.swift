import DeployModel

/// What in the rollout of a recipe is allowed, but may not be meant.
enum RolloutReview {
  /// Recipes whose strategy is a function of their own and that set no floor: the default floor follows from a strategy's `batch`.
  /// Without one a rollback takes all hosts at once, however careful the deployment was.
  static func warnings(of project: Project) -> [Problem] {
    project.recipes.compactMap { recipe in
      let strategies = recipe.flow.stages.compactMap { stage in if case .rollout(let strategy?) = stage { strategy } else { nil } }
      guard let strategy = strategies.first, strategy.batch == nil, strategy.name != "all_at_once", recipe.configuration?.floor == nil
      else {
        return nil
      }
      return Problem(
        "strategy \"\(strategy.name)\" of recipe \"\(recipe.name)\" has no batch, so no floor follows from it: "
          + "a way back may stop every host at once",
        place: recipe.place, fix: "say what has to keep serving: configuration = { floor = \"75%\" }")
    }
  }
}
