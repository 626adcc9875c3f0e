package import DeployCore
package import DeployEngine
package import DeployModel

/// Loads recipes that are only rehearsed.
package protocol RehearsalLibrary: RecipeLibrary {
  /// Returns the scripts for a rehearsal of a plan.
  /// - Parameters:
  ///   - sources: the sources of each recipe of the plan, by the recipe's index.
  ///   - hasFaults: whether the rehearsal makes hosts fail.
  /// - Throws: an error that says what is wrong with the sources.
  func rehearsed(_ plan: Plan, sources: [[SourceFile]], as mode: Rehearsal, hasFaults: Bool) throws(Problems) -> any RehearsedRecipes

  /// Returns a function that makes new scripts for each simulated run of a plan, given the run's seed of `math.random`. Hosts fail in these
  /// runs. What the scripts share is made once.
  /// - Parameter sources: as in `rehearsed`.
  func simulated(_ plan: Plan, sources: [[SourceFile]]) -> (UInt64) throws(Problems) -> any RehearsedRecipes

  /// Returns the scripts for a prompt.
  /// - Parameter sources: the sources of the plan's only recipe.
  /// - Throws: an error that says what is wrong with the sources.
  func prompt(_ plan: Plan, sources: [SourceFile]) throws(Problems) -> any PromptScripts
}

/// The scripts of a rehearsal, with its findings so far.
package protocol RehearsedRecipes: Scripts {
  /// The findings, each once, in the order in which they were made.
  var findings: [RehearsalFinding] { get }
  /// Descriptions of the parts of the code that might run several times.
  var loops: [String] { get }
  /// Whether the recipe used answers of hosts, so that a real run might take a different course.
  var isDoubted: Bool { get }
  /// The limit that stopped the whole rehearsal, or nil if none did.
  var overrun: Problem? { get }
  /// The mistake in the recipe that ended the strategy, a stage or another function that decides about the rollout. Nil if no mistake did.
  var mistake: Problem? { get }
  /// Whether a part of the recipe, such as `hook ApplicationStart`, has a finding.
  func isFaulty(_ part: String) -> Bool
}
