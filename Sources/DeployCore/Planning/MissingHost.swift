package import DeployModel

/// A host of a group that lacks its revision, and why.
package struct MissingHost: Sendable, Hashable {
  package enum Reason: String, Sendable, Hashable {
    /// The strategy stopped on purpose before the host's turn.
    case stopped
    /// The host failed in the deployment.
    case failed
    /// The host was out of reach in the deployment.
    case unreachable
    /// The deployment was for other hosts.
    case leftOut = "left_out"
    /// The host had the revision, and nothing of it is left there.
    case lost
    /// Nothing was ever deployed to the host.
    case new
    /// The host has the release, but the release is damaged.
    case damaged
    /// A deployment was interrupted on the host.
    case unsettled
    /// The host has the release with other parameters, or another recipe.
    case inputs = "other_inputs"
    /// The host runs another revision.
    case revision = "other_revision"
    /// The host has the revision on trial.
    case trial
  }

  /// How a deployment of the revision left a host, by the deployment's journal.
  package enum Told: Sendable, Hashable { case had, stopped, failed, unreachable, leftOut }

  package let name: String
  package let reason: Reason

  /// - Parameters:
  ///   - goal: the receipt of the revision.
  ///   - told: what a journal says about the host; nil: nothing.
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

  /// The reason, in words for brackets after the host's name.
  package var words: String {
    switch reason {
    case .stopped: "left when the strategy stopped"
    case .failed: "failed"
    case .unreachable: "was out of reach"
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
