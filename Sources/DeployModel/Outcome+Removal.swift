/// Removals that failed before they took anything away.
extension Outcome {
  private static let whole = Value.text("whole")

  /// Whether it is of a removal that failed while `current` was still there. That goes first, so nothing was taken away.
  package var leftWhole: Bool { failure != nil && value == Self.whole }

  /// The same failure, of a removal that took nothing away.
  package var leavingWhole: Outcome {
    var outcome = self
    outcome.value = Self.whole
    return outcome
  }
}
