package import DeployModel

/// An event that happens while a line of a prompt runs.
package enum PromptEvent: Sendable {
  /// The line, or a function that it called, logged this.
  case log(LogLine)
  /// An operation begins on the host with this name, or on the engine's machine.
  case begins(String, DeployModel.Operation)
  /// An operation has ended on the host with this name, or on the engine's machine.
  case ended(String, DeployModel.Operation, Outcome)
}
