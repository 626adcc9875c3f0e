/// One test of a spec: what `it` described.
package struct SpecTest: Sendable, Hashable {
  /// Titles of the groups around it, outermost first, and its own.
  package var names: [String]
  package var place: SourcePlace
  /// Its place among the tests of its file, from 1.
  package var index: Int

  package init(names: [String], place: SourcePlace, index: Int) {
    self.names = names
    self.place = place
    self.index = index
  }

  /// All titles on one line.
  package var name: String { names.joined(separator: " › ") }
}

/// How a test ended.
package struct SpecResult: Sendable, Hashable {
  package var test: SpecTest
  /// Why it failed; nil: it passed.
  package var problem: Problem?
  package var took: Interval

  package init(_ test: SpecTest, problem: Problem?, took: Interval) {
    self.test = test
    self.problem = problem
    self.took = took
  }
}
