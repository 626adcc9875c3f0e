package import DeployModel

/// The engine's access to recipes: it starts functions by number as scripts, and steps them one at a time from one place. The same calls in
/// the same order give the same steps, in this process or another.
package protocol Scripts: AnyObject {
  /// Prepares a script; the answer to its first step is `.begin`.
  func start(_ script: ScriptID, _ body: Body, on subject: Subject)
  /// Runs until the script asks or ends. After `.ended` the script is gone.
  func step(_ script: ScriptID, _ answer: Answer) -> Step
  /// Ends a script at once; no part of it runs any more.
  func kill(_ script: ScriptID)
}
