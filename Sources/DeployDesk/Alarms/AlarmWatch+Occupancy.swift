import DeployCore
import DeployEngine
import DeployModel

extension AlarmWatch {
  /// Returns which deployment has the hosts now, according to the journal and the hosts' own answers. Hosts that do not answer are ignored.
  @Sendable func occupancy(of hosts: [Int]) async -> Occupancy {
    let told = await desk.past.occupancy(of: plan, hosts)
    guard told == .free else { return told }
    let all = (try? await desk.past.deployments()) ?? []
    return await withTaskGroup(of: Occupancy.self) { group in
      for number in hosts { group.addTask { await occupancy(of: number, all) } }
      var busy: Occupancy?
      var gone: [Int] = []
      for await found in group {
        switch found {
        case .over: return found
        case .busy: busy = found
        case .gone(let numbers): gone += numbers
        case .free: break
        }
      }
      return busy ?? (gone.isEmpty ? .free : .gone(gone.sorted()))
    }
  }

  private func occupancy(of number: Int, _ all: [DeploymentSummary]) async -> Occupancy {
    let place = plan.hosts[number]
    let host = place.host
    let survey = await desk.ports.transport.survey(
      host, at: host.place(plan.placement.path), application: plan.subject.application, group: plan.subject.group, shared: [])
    guard case .reached(let state) = survey else { return .free }
    if let holder = state.lock?.deployment, holder != plan.id {
      let known = all.first { $0.id == holder }
      // A task changes no release. The lock of a deployment that has ended does not mean that anything is running on the hosts.
      if known.map({ $0.kind.task == nil && $0.isOpen }) ?? true { return .busy("deployment \(holder) has \(host.name)") }
    }
    guard let receipt = state.receipt else { return .gone([number]) }
    return isOwn(receipt, at: place) ? .free : .over("\(host.name) has what deployment \(receipt.deployment) brought")
  }

  /// Whether a host's release counts as the deployment's. It does if this deployment, or the one that this deployment completed, put the
  /// release there, or if a rollback restored it.
  private func isOwn(_ receipt: Receipt, at place: HostPlan) -> Bool {
    if receipt.deployment == plan.id || receipt.deployment == plan.flow.missing { return true }
    return receipt.release.id == place.target?.id && receipt.installedAt.map { $0 != receipt.at } == true
  }
}
