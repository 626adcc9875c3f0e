package import DeployModel

/// Reads specs and runs their tests.
package protocol SpecLibrary: Sendable {
  /// A spec with the project whose recipes it tests.
  /// - Throws: everything that is wrong with the spec or the project.
  func spec(_ file: SourceFile) throws(Problems) -> any ReadSpec
}

/// A spec that was read.
package protocol ReadSpec: Sendable {
  /// The project, with the recipes that the spec defines itself.
  var project: Project { get }
  /// The tests, in the order of the spec.
  var tests: [SpecTest] { get }
  /// The project with a recipe, `Trial.Strategy.recipe`, that only has a rollout with a strategy.
  /// - Throws: what is wrong with the strategy or its options.
  func project(playing strategy: Trial.Strategy) throws(Problems) -> Project
  /// Runs a test in a Lua state of its own.
  /// - Parameter deploy: rehearses the deployment that the test asks for, and returns what happened.
  /// - Returns: why the test failed; nil: it passed.
  func run(_ test: SpecTest, _ deploy: (Trial) throws(Problems) -> Value) -> Problem?
}
