package import DeployModel

/// The engine's access to recipes. It starts functions, given by their numbers, as scripts, and runs them step by step. Calls never
/// overlap. Equal calls in an equal order give equal steps, in any process.
package protocol Scripts: AnyObject {
  /// Prepares a script. The answer to its first step is `.begin`.
  func start(_ script: ScriptID, _ body: Body, on subject: Subject)
  /// Runs a script until it asks something or ends. After `.ended` the script does not exist any more.
  func step(_ script: ScriptID, _ answer: Answer) -> Step
  /// Ends a script at once, without running any further part of it.
  func kill(_ script: ScriptID)
}
