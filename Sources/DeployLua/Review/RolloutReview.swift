import DeployModel

/// How recipes go through their hosts, as far as it deserves a look.
enum RolloutReview {
  /// Recipes whose strategy is a function of their own and that set no floor: the default floor follows from a strategy's `batch`, and
  /// where there is none a way back takes all hosts at once, however careful the way there is.
  static func warnings(of project: Project) -> [Problem] {
    project.recipes.compactMap { recipe in
      let strategies = recipe.stages.compactMap { stage in if case .rollout(let strategy?) = stage { strategy } else { nil } }
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
