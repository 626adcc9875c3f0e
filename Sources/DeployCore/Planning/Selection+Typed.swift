import DeployModel

extension Selection {
  /// Returns the arguments of `lander deploy`, `lander rollback` and similar commands for these hosts: the recipe, the group and the typed
  /// options of these kinds.
  func typed(_ parts: [TypedOptions.Part] = [.hosts]) -> String {
    recipe.name + GroupName(group).option + typed.words(parts)
  }
}
