package import DeployModel

/// An event while a line of a prompt runs.
package enum PromptEvent: Sendable {
  /// The line, or a function that it called, logged this.
  case log(LogLine)
  /// An operation begins on the host of this name, or on the engine's machine.
  case begins(String, DeployModel.Operation)
  /// An operation on the host of this name, or on the engine's machine, has ended.
  case ended(String, DeployModel.Operation, Outcome)
}
