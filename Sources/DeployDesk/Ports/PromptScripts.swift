package import DeployCore
package import DeployModel

/// Scripts of a plan that can also run lines which a person types, in the same way as hooks.
package protocol PromptScripts: Scripts {
  /// Prepares a request of the prompt: `text` is a text to run, `words` the beginning of a name to complete. The script returns a record
  /// with `values` (a list of texts), `unfinished` (whether the text continues on the next line) or `words` (the completions).
  func start(_ script: ScriptID, request: Value)
}
