package import DeployModel

/// What happens while a verb is at work, for whoever shows it.
package enum DeskEvent: Sendable, Hashable {
  /// The build command of a bundle is started.
  case building(String)
  /// The build command wrote this.
  case output(OutputChunk)
  /// Nothing is wrong, and this deserves a look.
  case warning(Problem)
  /// A look into the bundle of a recipe found this number of things that surprise and fail nothing.
  indirect case appSpecWarnings(Int, of: Recipe)
  /// A sentence for a person.
  case remark(String)
  /// Hosts that have not answered yet, of how many, after how long.
  case waiting([String], of: Int, after: Interval)
  /// A deployment stands in line: for whom it waits, and until when.
  indirect case standing(LineStanding)
}
