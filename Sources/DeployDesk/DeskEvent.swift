package import DeployModel

/// What happens while the desk works, for the face that shows it.
package enum DeskEvent: Sendable, Hashable {
  /// The build command of a bundle is started.
  case building(String)
  /// The build command wrote this.
  case output(OutputChunk)
  /// A warning: it deserves attention, but is no error.
  case warning(Problem)
  /// The review of a recipe's bundle found this number of warnings, which make nothing fail.
  indirect case appSpecWarnings(Int, of: Recipe)
  /// A sentence for a person.
  case remark(String)
  /// The hosts that have not answered yet, the number of all hosts, and the time so far.
  case waiting([String], of: Int, after: Interval)
  /// A deployment waits in the queue: for which deployment, and until when.
  indirect case standing(LineStanding)
}
