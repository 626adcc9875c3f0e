/// Something that a rehearsal found in a function of a recipe.
package struct RehearsalFinding: Sendable, Hashable {
  /// What is wrong, where, and what to do.
  package var problem: Problem
  /// Whether the problem occurs whatever hosts answer. Otherwise only the run can show it.
  package var isCertain: Bool
  /// The function it is in: `hook ApplicationStart`, `stage migrate`, `strategy canary`.
  package var part: String
  /// Whether the rehearsal could not see the rest of the function.
  package var isEnd: Bool
  /// Whether another number of hosts could make the function take another path.
  package var isOfFleet: Bool

  package init(_ problem: Problem, isCertain: Bool, part: String, isEnd: Bool, isOfFleet: Bool = false) {
    self.isOfFleet = isOfFleet
    self.problem = problem
    self.isCertain = isCertain
    self.part = part
    self.isEnd = isEnd
  }
}
