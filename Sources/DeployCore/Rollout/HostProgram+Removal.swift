import DeployModel

/// A host's part of a removal: the host leaves the service as in a deployment, and then the application is removed.
extension HostProgram {
  static func steps(of segment: Segment, of removal: Removal, _ number: Int, in plan: Plan) -> [HostStep] {
    let host = plan.hosts[number]
    switch segment {
    case .stop: return segment.events.flatMap { steps(of: $0, for: host, in: plan, staged: true) }
    case .install:
      let files = host.current == nil && host.lost == nil ? [] : plan.installer(of: host.leaving).remove(in: plan)
      return bracket(.install, (files + [.remove(shared: removal.shared)]).map { .operation($0, vital: true) })
    case .deliver, .start, .validate, .admit, .settle: return []
    }
  }

  /// Returns a clause that says what stays in the folder of a removed application, or nil if nothing worth reporting stays.
  static func whatStays(_ outcome: Outcome) -> String? {
    guard outcome.failure == nil, case .list(let names) = outcome.value, !names.isEmpty else { return nil }
    let most = 12
    let some = names.prefix(most).compactMap(\.text).joined(separator: ", ")
    return "\(some)\(names.count > most ? " and \(names.count - most) more" : "") \(names.count == 1 ? "stays" : "stay")"
  }
}
