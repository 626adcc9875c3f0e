/// One test of a spec, declared with `it`.
package struct SpecTest: Sendable, Hashable {
  /// The titles of the surrounding groups, outermost first, and the test's own title.
  package var names: [String]
  package var place: SourcePlace
  /// The test's number in its file, from 1.
  package var index: Int
  /// Whether the test runs for real, in a lab.
  package var isLab = false

  package init(names: [String], place: SourcePlace, index: Int) {
    self.names = names
    self.place = place
    self.index = index
  }

  /// All titles on one line, for people.
  package var name: String { names.joined(separator: " › ") }
}

/// How a test ended.
package struct SpecResult: Sendable, Hashable {
  package var test: SpecTest
  /// Why the test failed, or nil if it passed.
  package var problem: Problem?
  package var took: Interval
  /// What commands printed, in a test that runs for real, or empty if they printed nothing.
  package var output: [String] = []
  /// Checks that were not made, because they lead to another machine, or empty if every check was made.
  package var unchecked: [String] = []

  package init(_ test: SpecTest, problem: Problem?, took: Interval) {
    self.test = test
    self.problem = problem
    self.took = took
  }
}

/// A test or a group of tests that a test run left out.
package struct SkippedTest: Sendable, Hashable {
  package var name: String
  /// Why, as a clause without a period.
  package var reason: String

  package init(_ name: String, _ reason: String) {
    self.name = name
    self.reason = reason
  }
}
