/// What a deployment does on one host.
package struct HostPlan: Sendable, Hashable, Codable {
  package enum Action: Sendable, Hashable, Codable {
    case change
    /// The host is up to date, according to its receipt (P10 in docs/promises.md).
    case unchanged
    /// The host was unreachable before the start, and the budget allows the deployment to leave it out.
    case leftOut(Failure)
  }
  package var host: Host
  package var action: Action
  @Apart package var facts: HostFacts?
  /// The release that the host should run, or nil if the host returns to its state before the first deployment.
  package var target: Release?
  /// The receipt of the release that the host runs now, or nil if there is none.
  @Apart package var previous: Receipt?
  /// The current release, which the host goes back to if it fails, or nil if there is none or it is no longer on the host.
  package var current: Release.ID?
  /// The target of a `current` link that Lander did not create. The host gets this link back if it fails. Nil if there was no such link.
  package var found: String?
  /// The release that `current` names although its folder is gone. The host cannot return to this release, and its hooks cannot run. Nil if
  /// there is no such release.
  package var lost: Release.ID?
  /// The damage of the current release, or nil if none is known.
  @Apart package var damage: ReleaseDamage?
  /// Whether the plan must not rely on the host's state, because an earlier deployment was interrupted on the host or could not restore it,
  /// and no deployment has succeeded since. Nil if the plan can rely on it.
  package var isUnrestored: Bool?
  /// The target that the `current` link gets if the host gets no release of Lander, or nil if the link is removed.
  package var link: String?
  /// Indices of recipes in the plan: the recipe that stops the old release, the recipe that starts the target, and the recipe that starts
  /// the old release again. An index is nil if the plan has no such recipe.
  package var leaving: Int
  package var arriving: Int
  package var restoring: Int?
  /// Whether the release has to be sent, or at least verified on the host.
  package var stages: Bool
  /// Whether the host already runs the target and is only compared with the manifest. Files that differ are sent again when the host's turn
  /// in the rollout comes. Nil means no.
  package var repairs: Bool?
  /// Whether the release was on the host before the deployment, so that restoring the host must not remove it.
  package var present: Bool
  /// The inputs that the host's receipt will state, if they differ from the plan's inputs, as they do for a host that goes back to an older
  /// release. Nil means the plan's inputs.
  @Apart package var inputs: Receipt.Inputs?
  /// If the host's current release is on trial, the group's last good revision, which the host gets if it fails. Nil means that a failed
  /// host gets its current release back.
  @Apart package var back: Receipt?
  /// For a rollback, a receipt of the release that the host goes back to, read from any host of the group.
  @Apart package var goal: Receipt?
  /// For the rollback of a failed deployment, the release of that deployment if the host ran it and was then restored, so that the
  /// release's folder is there for undo functions. Nil otherwise.
  package var ran: Release.ID?
  /// The token of a lock that this deployment is allowed to take over because the lock's holder is known to be gone, or nil if there is
  /// none.
  package var inherits: String?
  /// The result of comparing the current values of the receipt's secrets with their values when the receipt was written, or nil if they
  /// were not compared.
  @Apart package var secrets: SecretComparison?

  package init(
    host: Host, action: Action = .change, facts: HostFacts? = nil, target: Release?, previous: Receipt? = nil, current: Release.ID? = nil,
    leaving: Int = 0, arriving: Int = 0, restoring: Int? = nil, stages: Bool = true, present: Bool = false,
    inputs: Receipt.Inputs? = nil, back: Receipt? = nil, goal: Receipt? = nil, inherits: String? = nil, secrets: SecretComparison? = nil
  ) {
    self.host = host
    self.action = action
    self.facts = facts
    self.target = target
    self.previous = previous
    self.current = current
    self.leaving = leaving
    self.arriving = arriving
    self.restoring = restoring
    self.stages = stages
    self.present = present
    self.inputs = inputs
    self.back = back
    self.goal = goal
    self.inherits = inherits
    self.secrets = secrets
  }

  /// Returns the plan completed with what the survey found at `current`. A host cannot go back to a release whose folder is gone.
  package func seeing(_ state: HostState) -> HostPlan {
    var plan = self
    plan.damage = state.damage(of: state.current)
    if state.isUnsettled || state.runsUnrecordedRelease { plan.isUnrestored = true }
    if case .link(let text)? = state.strange { plan.found = text }
    if plan.damage?.kind == .gone { (plan.lost, plan.current) = (state.current, nil) }
    return plan
  }

  /// The release that the host goes back to if it fails. It is the first of these that exists: the group's last good release if the current
  /// release is on trial, the current release, or the target if the target's folder was gone and is sent again. Nil if none of these
  /// exists.
  package var wayBack: Release.ID? { back?.release.id ?? current ?? (lost == target?.id ? lost : nil) }

  /// Whether the host runs something that the deployment has to take out of service. Also false if an interrupted deployment might have
  /// stopped it.
  package var serves: Bool { (current != nil || found != nil) && isUnrestored != true }
  /// Whether the host will run something after it has succeeded: the target, or another tool's release that it returns to.
  package var willServe: Bool { target != nil || link != nil }
}
