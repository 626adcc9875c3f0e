/// Marks the outcomes of removals that failed before they removed anything.
extension Outcome {
  private static let whole = Value.text("whole")

  /// Whether the outcome belongs to a removal that failed before it removed anything. A removal starts with `current`, and `current` was
  /// still there.
  package var leftWhole: Bool { failure != nil && value == Self.whole }

  /// The failed outcome, marked as belonging to a removal that removed nothing.
  package var leavingWhole: Outcome {
    var outcome = self
    outcome.value = Self.whole
    return outcome
  }
}
