package import DeployModel

/// The smallest number of hosts that serve at any moment of a deployment. It is computed from the notes in the deployment's journal, by the
/// rules of `Admission`.
package struct LowestService: Sendable {
  private let plan: Plan
  private var admission: Admission
  /// For each host, by its number, whether it is under way.
  private var isUnderWay: [Bool]
  /// The smallest number of serving hosts so far. Initially, this is the number of hosts that serve at the start.
  package private(set) var lowest: Int

  package init(_ plan: Plan) {
    self.plan = plan
    admission = Admission(plan: plan)
    isUnderWay = plan.hosts.map { _ in false }
    lowest = admission.servingCount
  }

  package mutating func add(_ note: Note) {
    guard case .host(let number, let status) = note, isUnderWay.indices.contains(number) else { return }
    if status == .changing {
      isUnderWay[number] = true
      admission.started(number)
    } else if isUnderWay[number], status.isFinal || isReady(status) || status == .pending {
      isUnderWay[number] = false
      admission.ended(number, status, hadRelease: plan.hosts[number].serves, hasTarget: plan.hosts[number].willServe)
    }
    lowest = min(lowest, admission.servingCount)
  }

  private func isReady(_ status: HostStatus) -> Bool { if case .ready = status { true } else { false } }
}
