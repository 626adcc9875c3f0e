import DeployModel

extension Selection {
  /// Returns the arguments of `lander deploy`, `lander rollback` and so on for these hosts: recipe, group and the typed options of these
  /// kinds.
  func typed(_ parts: [TypedOptions.Part] = [.hosts]) -> String {
    recipe.name + GroupName(group).option + typed.words(parts)
  }
}
