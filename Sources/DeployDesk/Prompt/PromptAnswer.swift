package import DeployModel

/// The result of a line.
package enum PromptAnswer: Sendable, Hashable {
  /// The values of the expression, as strings. For a statement, the list is empty.
  case values([String])
  /// The code is an unfinished statement, which continues on the next line.
  case unfinished
  case failed(ScriptError)
}
