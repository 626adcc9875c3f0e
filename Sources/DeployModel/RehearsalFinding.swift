/// Something that a rehearsal found in a function of a recipe.
package struct RehearsalFinding: Sendable, Hashable {
  /// What is wrong, where, and what to do.
  package var problem: Problem
  /// Whether it will happen whatever hosts answer. Otherwise nobody knows before it runs.
  package var isCertain: Bool
  /// The function it is in: `hook ApplicationStart`, `stage migrate`, `strategy canary`.
  package var part: String
  /// Whether the rehearsal did not see the rest of that function.
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
