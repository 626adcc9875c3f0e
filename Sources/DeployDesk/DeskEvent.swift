package import DeployModel

/// An event while a function of the desk runs, for the face that shows it.
package enum DeskEvent: Sendable, Hashable {
  /// The build command of a bundle starts.
  case building(String)
  /// The build command has written this output.
  case output(OutputChunk)
  /// A warning: something that a person should look at although it is no error.
  case warning(Problem)
  /// The review of a recipe's bundle has this number of warnings, which do not make anything fail.
  indirect case appSpecWarnings(Int, of: Recipe)
  /// A sentence for people.
  case remark(String)
  /// The names of the hosts that have not answered, the number of all hosts, and the time so far.
  case waiting([String], of: Int, after: Interval)
  /// A deployment waits in the queue: for which deployment, and until when.
  indirect case standing(LineStanding)
}
