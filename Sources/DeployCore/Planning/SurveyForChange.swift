package import DeployModel

extension Survey {
  /// The survey for a deployment that changes the host. In this survey, a host that can only be read counts as unreachable.
  package var forChange: Survey {
    if case .reached(let state) = self, let hindrance = state.hindrance { .unreachable(hindrance) } else { self }
  }

  /// Whether the host is unreachable, or can only be read.
  var isAway: Bool { if case .unreachable = forChange { true } else { false } }
}
