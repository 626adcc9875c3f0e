import DeployModel

/// A host's way as one step, for simulations of how a rollout decides. The simulation that answers it draws how long the whole way takes
/// and how it ends.
extension HostProgram {
  /// The part of the way that is this segment: making the release current stands for the whole way.
  static func outline(of segment: Segment, _ number: Int, in plan: Plan) -> [HostStep] {
    guard segment == .install else { return [] }
    let host = plan.hosts[number]
    return [.operation(switching(to: host.target?.id, or: host.link), vital: true)]
  }

  /// The way back of a host that failed.
  static func outlineBack(_ number: Int, in plan: Plan) -> [HostStep] {
    let host = plan.hosts[number]
    return [.operation(switching(to: host.wayBack, or: host.found), vital: true)]
  }
}
