package import DeployModel

/// Reads specs, which are the tests of recipes.
package protocol SpecLibrary: Sendable {
  /// Reads a spec and the project whose recipes it tests.
  /// - Throws: an error that lists all problems of the spec and the project.
  func spec(_ file: SourceFile) throws(Problems) -> any ReadSpec
}

/// A spec that has been read.
package protocol ReadSpec: Sendable {
  /// The project, including the recipes that the spec itself defines.
  var project: Project { get }
  /// The tests in the order of the spec.
  var tests: [SpecTest] { get }
  /// Returns the project with one more recipe, `Trial.Strategy.recipe`, which has nothing but a rollout with this strategy.
  /// - Throws: an error that says what is wrong with the strategy or its options.
  func project(playing strategy: Trial.Strategy) throws(Problems) -> Project
  /// Runs a test in its own Lua state.
  /// - Parameter deploy: rehearses the deployment that the test requests, and returns what happened.
  /// - Returns: why the test failed, or nil if it passed.
  func run(_ test: SpecTest, _ deploy: (Trial) throws(Problems) -> Value) -> Problem?
  /// Runs a test that actually deploys, in its own Lua state.
  /// - Parameter perform: carries out the test's request, and returns what happened.
  /// - Returns: why the test failed, or nil if it passed.
  func run(_ test: SpecTest, inLab perform: @Sendable (LabQuestion) async throws(Problems) -> Value) async -> Problem?
}
