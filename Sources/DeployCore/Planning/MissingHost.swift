package import DeployModel

/// A host of a group that lacks the group's revision, and the reason.
package struct MissingHost: Sendable, Hashable {
  package enum Reason: String, Sendable, Hashable {
    /// The strategy stopped on purpose before the host's turn came.
    case stopped
    /// The host failed in the deployment.
    case failed
    /// The host was unreachable during the deployment.
    case unreachable
    /// The deployment was requested for other hosts only.
    case leftOut = "left_out"
    /// The host once had the revision, but has no trace of it now.
    case lost
    /// The host never had a deployment.
    case new
    /// The host has the release, but the release is damaged.
    case damaged
    /// A deployment was interrupted on the host.
    case unsettled
    /// The host has the release, but with other parameters or another recipe.
    case inputs = "other_inputs"
    /// The host runs another revision.
    case revision = "other_revision"
    /// The host has the revision, but with a receipt on trial.
    case trial
  }

  /// What the journal of the revision's deployment says about a host.
  package enum Told: Sendable, Hashable { case had, stopped, failed, unreachable, leftOut }

  package let name: String
  package let reason: Reason

  /// - Parameters:
  ///   - goal: the receipt of the group's revision.
  ///   - told: what a journal says about the host, or nil if no journal says anything.
  package init(_ host: Host, _ state: HostState, lacks goal: Receipt, told: Told?) {
    name = host.name
    reason = Self.reason(state, goal, told)
  }

  private static func reason(_ state: HostState, _ goal: Receipt, _ told: Told?) -> Reason {
    if state.isUnsettled { return .unsettled }
    let isEmpty = state.current == nil && state.receipt == nil
    if !isEmpty, state.current == goal.release.id, state.receipt?.release.id == goal.release.id {
      if state.damage(of: state.current) != nil { return .damaged }
      return state.receipt?.inputs == goal.inputs ? .trial : .inputs
    }
    switch told {
    case .stopped: return .stopped
    case .failed: return .failed
    case .unreachable: return .unreachable
    case .had where isEmpty: return .lost
    case .leftOut: return .leftOut
    case .had, nil: return isEmpty ? .new : .revision
    }
  }

  /// The reason in words, for display in brackets after the host's name.
  package var words: String {
    switch reason {
    case .stopped: "left when the strategy stopped"
    case .failed: "failed"
    case .unreachable: "was unreachable"
    case .leftOut: "left out by --only"
    case .lost: "had it and lost it"
    case .new: "never reached"
    case .damaged: "its release is damaged"
    case .unsettled: "left in the middle"
    case .inputs: "has other parameters or another recipe"
    case .revision: "runs another revision"
    case .trial: "has it on trial"
    }
  }
}
