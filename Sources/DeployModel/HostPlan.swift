/// What is to happen on one host.
package struct HostPlan: Sendable, Hashable, Codable {
  package enum Action: Sendable, Hashable, Codable {
    case change
    /// The receipt says that all is already as wanted (promise P10).
    case unchanged
    /// Out of reach before the start, within the budget.
    case leftOut(Failure)
  }
  package var host: Host
  package var action: Action
  package var facts: HostFacts?
  /// What it is to run; nil: nothing (it goes back to before the first deployment).
  package var target: Release?
  /// The receipt of what it runs now.
  package var previous: Receipt?
  /// What it goes back to if it fails: the release that is current and still on the host.
  package var current: Release.ID?
  /// The text of a `current` link that Lander did not make; it goes back to that if it fails. nil if there was none.
  package var found: String?
  /// The release that `current` names although its folder is gone. Nothing can go back to it, and its hooks have no folder.
  package var lost: Release.ID?
  /// Damage of `current`'s release; nil if none is known.
  package var damage: ReleaseDamage?
  /// Whether an earlier deployment could not take it back or ended in the middle, and none has succeeded there since: nothing relies on
  /// it. nil: no.
  package var isUnrestored: Bool?
  /// If there is no target: the text that its `current` link gets; nil: the link is removed.
  package var link: String?
  /// Indices into the plan's recipes: the one that stops what runs, the one that starts the target, and the one that starts again what
  /// ran before; nil: no recipe is known for that.
  package var leaving: Int
  package var arriving: Int
  package var restoring: Int?
  /// Whether the release has to be sent, or at least verified.
  package var stages: Bool
  /// Whether it runs the target already, and compares it with its manifest. What differs is sent again in the host's own turn. nil: no.
  package var repairs: Bool?
  /// Whether the release was on the host before, so that going back leaves it there.
  package var present: Bool
  /// The inputs that its receipt will name. They differ from the plan's if a host goes back to something older.
  package var inputs: Receipt.Inputs?
  /// The group's last good revision, if what runs now is on trial: it goes back to that. nil: to what runs now.
  package var back: Receipt?
  /// For a rollback: the receipt of the release it goes to, from some host of the group.
  package var goal: Receipt?
  /// The token of a lock to take over, because its holder is known to be gone.
  package var inherits: String?
  /// How its receipt's secrets compare with their values now; nil if nobody asked.
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

  /// The same with what the survey found of `current`: nothing can go back to a release that is gone.
  package func seeing(_ state: HostState) -> HostPlan {
    var plan = self
    plan.damage = state.damage(of: state.current)
    if state.isUnsettled || state.runsUnrecordedRelease { plan.isUnrestored = true }
    if case .link(let text)? = state.strange { plan.found = text }
    if plan.damage?.kind == .gone { (plan.lost, plan.current) = (state.current, nil) }
    return plan
  }

  /// The release that it goes back to if it fails: the group's last good one if what runs is on trial, else the current one, else the
  /// target itself if that was gone and is sent again; nil: there was none.
  package var wayBack: Release.ID? { back?.release.id ?? current ?? (lost == target?.id ? lost : nil) }

  /// Whether something runs there that a deployment takes out of service. A host that a deployment left in the middle may run nothing.
  package var serves: Bool { (current != nil || found != nil) && isUnrestored != true }
  /// Whether something will run there once the host has succeeded: the target, or another tool's release that it goes back to.
  package var willServe: Bool { target != nil || link != nil }
}
