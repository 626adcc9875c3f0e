package import DeployModel

/// Reads specs and runs their tests.
package protocol SpecLibrary: Sendable {
  /// A spec with the project whose recipes it tests.
  /// - Throws: everything that is wrong with either.
  func spec(_ file: SourceFile) throws(Problems) -> any ReadSpec
}

/// A spec that was read.
package protocol ReadSpec: Sendable {
  /// The project, with the recipes that the spec defines itself.
  var project: Project { get }
  /// In their order.
  var tests: [SpecTest] { get }
  /// The same with a recipe, `Trial.Strategy.recipe`, that only rolls out with a strategy.
  /// - Throws: what is wrong with the strategy or its options.
  func project(playing strategy: Trial.Strategy) throws(Problems) -> Project
  /// Runs a test in a state of its own.
  /// - Parameter deploy: plays the deployment that it asks for, and returns what happened.
  /// - Returns: why it failed; nil: it passed.
  func run(_ test: SpecTest, _ deploy: (Trial) throws(Problems) -> Value) -> Problem?
}
