package import DeployCore
package import DeployModel

/// Recipes of a plan that also run lines of a person, as hooks run.
package protocol PromptScripts: Scripts {
  /// Prepares a request to the prompt: `text` is run, `words` is the beginning of a name. Its script returns a record: `values`, a list of
  /// texts; `unfinished`, if the text continues on the next line; `words`.
  func start(_ script: ScriptID, request: Value)
}
