package import DeployModel

/// What became of a line.
package enum PromptAnswer: Sendable, Hashable {
  /// The values of the expression, as texts; none for a statement.
  case values([String])
  /// The text is the beginning of something: more lines belong to it.
  case unfinished
  case failed(ScriptError)
}
