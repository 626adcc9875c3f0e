package import DeployModel

/// An event that happens while a function of the desk runs, for the user interface to show.
package enum DeskEvent: Sendable, Hashable {
  /// The build command of a bundle starts.
  case building(String)
  /// The build command has written this output.
  case output(OutputChunk)
  /// A warning: something that a person should look at although it is not an error.
  case warning(Problem)
  /// The review of a recipe's bundle has this number of warnings. They do not make anything fail.
  indirect case appSpecWarnings(Int, of: Recipe)
  /// A sentence for people.
  case remark(String)
  /// The names of the hosts that have not answered, the number of all hosts, and the time so far.
  case waiting([String], of: Int, after: Interval)
  /// A deployment waits in the queue. The value says for which deployment it waits, and until when.
  indirect case standing(LineStanding)
}
