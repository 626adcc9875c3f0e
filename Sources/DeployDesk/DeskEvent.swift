package import DeployModel

/// An event that happens while a function of the desk runs, for the user interface to show.
package enum DeskEvent: Sendable, Hashable {
  /// The build command of a bundle starts.
  case building(String)
  /// The build command has written this output.
  case output(OutputChunk)
  /// A warning about something that is not an error, but that a person should look at.
  case warning(Problem)
  /// The review of a recipe's bundle found this number of warnings. The warnings do not make anything fail.
  indirect case appSpecWarnings(Int, of: Recipe)
  /// A sentence for people.
  case remark(String)
  /// The command is waiting for hosts: the names of the hosts that have not answered, the number of all hosts, and the time so far.
  case waiting([String], of: Int, after: Interval)
  /// A deployment is waiting in the queue. The value says which deployment it is waiting for, and until when.
  indirect case standing(LineStanding)
}
