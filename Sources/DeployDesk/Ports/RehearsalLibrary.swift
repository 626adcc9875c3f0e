package import DeployCore
package import DeployEngine
package import DeployModel

/// Loads recipes that are only rehearsed.
package protocol RehearsalLibrary: RecipeLibrary {
  /// - Parameters:
  ///   - sources: the sources of each of the plan's recipes, by index.
  ///   - hasFaults: whether hosts are made to fail in the rehearsal.
  /// - Throws: what is wrong with the sources.
  func rehearsed(_ plan: Plan, sources: [[SourceFile]], as mode: Rehearsal, hasFaults: Bool) throws(Problems) -> any RehearsedRecipes

  /// Scripts for a prompt.
  /// - Parameter sources: the sources of the plan's one recipe.
  /// - Throws: what is wrong with the sources.
  func prompt(_ plan: Plan, sources: [SourceFile]) throws(Problems) -> any PromptScripts
}

/// Scripts of a deployment that is only rehearsed, with the findings so far.
package protocol RehearsedRecipes: Scripts {
  /// The findings, each once, in the order in which they were found.
  var findings: [RehearsalFinding] { get }
  /// Parts of the code that may run several times, in words.
  var loops: [String] { get }
  /// Whether the recipe itself read answers of hosts, so that its course depends on them.
  var isDoubted: Bool { get }
  /// The limit that ended the whole rehearsal; nil: no limit did.
  var overrun: Problem? { get }
  /// Whether there is a finding in a part of the recipe, such as `hook ApplicationStart`.
  func isFaulty(_ part: String) -> Bool
}
