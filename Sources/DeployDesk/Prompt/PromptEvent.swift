package import DeployModel

/// An event that happens while a line of a prompt runs.
package enum PromptEvent: Sendable {
  /// The line, or a function that it called, wrote this to the log.
  case log(LogLine)
  /// An operation begins. The first value is the host's name, or stands for the engine's machine.
  case begins(String, DeployModel.Operation)
  /// An operation has ended. The first value is the host's name, or stands for the engine's machine.
  case ended(String, DeployModel.Operation, Outcome)
}
