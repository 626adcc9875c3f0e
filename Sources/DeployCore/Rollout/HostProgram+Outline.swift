import DeployModel

/// A host's program as a single step, for simulations of a rollout's decisions. The simulation draws the duration and the result of the
/// step.
extension HostProgram {
  /// Returns the steps of a segment. Only `install` has one: the step that makes the release current, in place of the whole program.
  static func outline(of segment: Segment, _ number: Int, in plan: Plan) -> [HostStep] {
    guard segment == .install else { return [] }
    return [.operation(switching(to: plan.hosts[number].target?.id, or: plan.hosts[number].link), vital: true)]
  }

  /// Returns the single step that restores a failed host.
  static func outlineBack(_ number: Int, in plan: Plan) -> [HostStep] {
    let host = plan.hosts[number]
    return [.operation(switching(to: host.wayBack, or: host.found), vital: true)]
  }
}
