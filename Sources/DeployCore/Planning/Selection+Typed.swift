import DeployModel

extension Selection {
  /// The arguments after `lander deploy`, `lander rollback` and so on, for these hosts: recipe, group and typed options.
  func typed(_ parts: [TypedOptions.Part] = [.hosts]) -> String {
    recipe.name + GroupName(group).option + typed.words(parts)
  }
}
