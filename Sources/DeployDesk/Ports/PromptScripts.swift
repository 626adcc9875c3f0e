package import DeployCore
package import DeployModel

/// Recipes of a plan, and lines that a person types into their run phase.
package protocol PromptScripts: Scripts {
  /// Makes a request to the prompt ready: `text` is run, `words` is what a name begins with. Its script returns a record: `values`, a list
  /// of texts; `unfinished`, if the text goes on; `words`.
  func start(_ script: ScriptID, request: Value)
}
