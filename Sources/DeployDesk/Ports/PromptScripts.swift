package import DeployCore
package import DeployModel

/// Scripts of a plan that can also run lines typed by a person, in the same way as hooks.
package protocol PromptScripts: Scripts {
  /// Prepares a request of the prompt. In the request, `text` is the Lua code to run, and `words` is the beginning of a name to complete.
  /// The script returns a record with `values` (a list of strings), `unfinished` (whether the code continues on the next line) or `words`
  /// (the completions).
  func start(_ script: ScriptID, request: Value)
}
