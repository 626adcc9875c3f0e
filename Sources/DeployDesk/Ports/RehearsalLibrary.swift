package import DeployCore
package import DeployEngine
package import DeployModel

/// Loads recipes that are only played.
package protocol RehearsalLibrary: RecipeLibrary {
  /// - Parameters:
  ///   - sources: those of each of the plan's recipes, by index.
  ///   - hasFaults: whether hosts are made to fail in it.
  /// - Throws: what is wrong with the sources.
  func rehearsed(_ plan: Plan, sources: [[SourceFile]], as mode: Rehearsal, hasFaults: Bool) throws(Problems) -> any RehearsedRecipes

  /// Scripts into whose run phase a person types.
  /// - Parameter sources: of the plan's one recipe.
  /// - Throws: what is wrong with the sources.
  func prompt(_ plan: Plan, sources: [SourceFile]) throws(Problems) -> any PromptScripts
}

/// Scripts of a deployment that is only played, and what was found in them so far.
package protocol RehearsedRecipes: Scripts {
  /// In the order in which they were found, each once.
  var findings: [RehearsalFinding] { get }
  /// Parts of the code that may run several times, in words.
  var loops: [String] { get }
  /// Whether the recipe itself looked at hosts' answers.
  var isDoubted: Bool { get }
  /// The limit that ended the whole rehearsal; nil: none did.
  var overrun: Problem? { get }
  /// Whether something was found in a part of the recipe, such as `hook ApplicationStart`.
  func isFaulty(_ part: String) -> Bool
}
