package import DeployModel

extension Survey {
  /// What the survey says to whoever is about to change the host: one that can only be looked at is out of reach for that.
  package var forChange: Survey {
    if case .reached(let state) = self, let hindrance = state.hindrance { .unreachable(hindrance) } else { self }
  }

  /// Whether the host is out of reach for a change.
  var isAway: Bool { if case .unreachable = forChange { true } else { false } }
}
