import DeployModel

extension Selection {
  /// What stands behind `lander deploy`, `rollback` and so on, for these hosts: recipe, group and what was typed.
  func typed(_ parts: [TypedOptions.Part] = [.hosts]) -> String {
    recipe.name + GroupName(group).option + typed.words(parts)
  }
}
