package import DeployCore
package import DeployModel

/// Scripts of a plan that can also run lines that a person types, in the same way as hooks.
package protocol PromptScripts: Scripts {
  /// Prepares a request of the prompt. The request has either `text`, the Lua code to run, or `words`, the beginning of a name to complete.
  /// The script returns a record with `values` (a list of strings), `unfinished` (whether the code continues on the next line) or `words`
  /// (the completions).
  func start(_ script: ScriptID, request: Value)
}
