package import DeployModel

/// What happens while a line of a prompt runs.
package enum PromptEvent: Sendable {
  /// The line, or a function that it calls, logged this.
  case log(LogLine)
  /// An operation begins on a host, or on the engine's machine.
  case begins(String, DeployModel.Operation)
  /// An operation has ended.
  case ended(String, DeployModel.Operation, Outcome)
}
