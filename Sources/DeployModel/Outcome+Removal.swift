/// Removals that failed before they took anything away.
extension Outcome {
  private static let whole = Value.text("whole")

  /// Whether the outcome belongs to a removal that failed while `current` was still there. `current` is removed first, so nothing was taken
  /// away.
  package var leftWhole: Bool { failure != nil && value == Self.whole }

  /// The failure, marked as a removal that took nothing away.
  package var leavingWhole: Outcome {
    var outcome = self
    outcome.value = Self.whole
    return outcome
  }
}
