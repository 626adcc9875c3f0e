/// A finding of a rehearsal in a function of a recipe.
package struct RehearsalFinding: Sendable, Hashable {
  /// What is wrong, on which line, and what to do.
  package var problem: Problem
  /// Whether the problem occurs no matter what hosts answer. If false, only a real run can show whether it occurs.
  package var isCertain: Bool
  /// The function that has the problem: `hook ApplicationStart`, `stage migrate`, `strategy canary`.
  package var part: String
  /// Whether the rehearsal ended at this problem, so that it did not see the rest of the function.
  package var isEnd: Bool
  /// Whether the function could behave differently with a different number of hosts.
  package var isOfFleet: Bool

  package init(_ problem: Problem, isCertain: Bool, part: String, isEnd: Bool, isOfFleet: Bool = false) {
    self.isOfFleet = isOfFleet
    self.problem = problem
    self.isCertain = isCertain
    self.part = part
    self.isEnd = isEnd
  }
}
