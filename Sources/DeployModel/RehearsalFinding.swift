/// Something that a rehearsal found in a function of a recipe.
package struct RehearsalFinding: Sendable, Hashable {
  /// What is wrong, where, and what to do.
  package var problem: Problem
  /// Whether it will be so whatever hosts answer. Otherwise nobody can say before it runs.
  package var isCertain: Bool
  /// The function it is in: `hook ApplicationStart`, `stage migrate`, `strategy canary`.
  package var part: String
  /// Whether the rest of that function was not seen.
  package var isEnd: Bool
  /// Whether another number of hosts could make it go another way.
  package var isOfFleet: Bool

  package init(_ problem: Problem, isCertain: Bool, part: String, isEnd: Bool, isOfFleet: Bool = false) {
    self.isOfFleet = isOfFleet
    self.problem = problem
    self.isCertain = isCertain
    self.part = part
    self.isEnd = isEnd
  }
}
