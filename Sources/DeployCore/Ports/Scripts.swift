package import DeployModel

/// How the engine meets recipes: functions by number, started as scripts, stepped one at a time from one place.
/// The same calls in the same order give the same steps, in this process or another.
package protocol Scripts: AnyObject {
  /// Makes a script ready; its first step is answered with `.begin`.
  func start(_ script: ScriptID, _ body: Body, on subject: Subject)
  /// Runs until the script asks or ends. After `.ended` the script is gone.
  func step(_ script: ScriptID, _ answer: Answer) -> Step
  /// Ends a script at once: nothing of it runs any more.
  func kill(_ script: ScriptID)
}
