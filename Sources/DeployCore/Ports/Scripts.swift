package import DeployModel

/// The engine's access to recipes. It starts functions, which are identified by numbers, as scripts and runs the scripts step by step.
/// Calls never overlap. The same calls in the same order give the same steps, in any process.
package protocol Scripts: AnyObject {
  /// Prepares a script. The answer to its first step is `.begin`.
  func start(_ script: ScriptID, _ body: Body, on subject: Subject)
  /// Runs a script until it makes a request or ends. After `.ended`, the script no longer exists.
  func step(_ script: ScriptID, _ answer: Answer) -> Step
  /// Ends a script immediately, without running any further part of it.
  func kill(_ script: ScriptID)
}
