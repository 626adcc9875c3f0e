package import DeployModel

/// What happens while a verb is at work, for the face that shows it.
package enum DeskEvent: Sendable, Hashable {
  /// The build command of a bundle is started.
  case building(String)
  /// The build command wrote this.
  case output(OutputChunk)
  /// Something that deserves a look although nothing is wrong.
  case warning(Problem)
  /// A look into the bundle of a recipe found this number of surprising things that make nothing fail.
  indirect case appSpecWarnings(Int, of: Recipe)
  /// A sentence for a person.
  case remark(String)
  /// The hosts that have not answered yet, the number of all hosts, and the time so far.
  case waiting([String], of: Int, after: Interval)
  /// A deployment stands in line: for whom it waits, and until when.
  indirect case standing(LineStanding)
}
