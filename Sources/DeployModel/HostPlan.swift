/// What the deployment does on one host.
package struct HostPlan: Sendable, Hashable, Codable {
  package enum Action: Sendable, Hashable, Codable {
    case change
    /// The receipt says that the host is up to date (promise P10).
    case unchanged
    /// Out of reach before the start, within the budget.
    case leftOut(Failure)
  }
  package var host: Host
  package var action: Action
  package var facts: HostFacts?
  /// The release that the host should run; nil: none (it goes back to before the first deployment).
  package var target: Release?
  /// The receipt of the release that the host runs now.
  package var previous: Receipt?
  /// The release that the host goes back to if it fails: the current release, if it is still on the host.
  package var current: Release.ID?
  /// The text of a `current` link that Lander did not make. The host goes back to it if it fails. Nil: there was no such link.
  package var found: String?
  /// The release that `current` names although its folder is gone. Nothing can go back to it, and its hooks have no folder.
  package var lost: Release.ID?
  /// Damage of `current`'s release; nil: none is known.
  package var damage: ReleaseDamage?
  /// Whether an earlier deployment could not take the host back or was interrupted there, and none has succeeded since, so that nothing
  /// relies on the host's state; nil: no.
  package var isUnrestored: Bool?
  /// If there is no target: the text that the host's `current` link gets; nil: the link is removed.
  package var link: String?
  /// Indices into the plan's recipes: the recipe that stops the old release, the recipe that starts the target, and the recipe that starts
  /// the old release again; nil: no recipe is known for that.
  package var leaving: Int
  package var arriving: Int
  package var restoring: Int?
  /// Whether the release has to be sent, or at least verified.
  package var stages: Bool
  /// Whether the host runs the target already and only compares it with its manifest. Files that differ are sent again in the host's own
  /// turn. Nil: no.
  package var repairs: Bool?
  /// Whether the release was on the host before, so that going back leaves it there.
  package var present: Bool
  /// The inputs that the host's receipt will name. They differ from the plan's inputs if the host goes back to an older release.
  package var inputs: Receipt.Inputs?
  /// The group's last good revision, to which the host goes back if its present release is on trial; nil: it goes back to its present
  /// release.
  package var back: Receipt?
  /// For a rollback: the receipt of the release that the host goes to, from some host of the group.
  package var goal: Receipt?
  /// The token of a lock to take over, because its holder is known to be gone.
  package var inherits: String?
  /// How the secrets of the host's receipt compare with their present values; nil: they were not compared.
  package var secrets: SecretComparison?

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

  /// The host's plan with the surveyed state of `current`: the host cannot go back to a release that is gone.
  package func seeing(_ state: HostState) -> HostPlan {
    var plan = self
    plan.damage = state.damage(of: state.current)
    if state.isUnsettled || state.runsUnrecordedRelease { plan.isUnrestored = true }
    if case .link(let text)? = state.strange { plan.found = text }
    if plan.damage?.kind == .gone { (plan.lost, plan.current) = (state.current, nil) }
    return plan
  }

  /// The release that the host goes back to if it fails: the group's last good release if the present one is on trial; otherwise the
  /// current release; otherwise the target itself, if it was gone and is sent again. Nil: there was no release.
  package var wayBack: Release.ID? { back?.release.id ?? current ?? (lost == target?.id ? lost : nil) }

  /// Whether the host runs something that a deployment takes out of service. A host on which a deployment was interrupted may run nothing.
  package var serves: Bool { (current != nil || found != nil) && isUnrestored != true }
  /// Whether something will run there once the host has succeeded: the target, or another tool's release that it goes back to.
  package var willServe: Bool { target != nil || link != nil }
}
