import DeployCore
package import DeployModel

/// Finds the hosts that newer deployments have taken over from an interrupted one.
///
/// A host obeys only the highest fence that it has seen. So once a newer deployment with a higher fence has had the host's lock, the
/// interrupted deployment can no longer do anything on that host. It does not matter how the newer deployment ended.
struct Takeover {
  /// The hosts that the interrupted deployment might still have to finish or restore.
  private(set) var open: [Site] = []
  /// The names of the hosts that newer deployments have taken over, in the order in which they were found.
  private(set) var taken: [String] = []
  /// The newest deployment that took over a host, or nil if there is none, or if a host does not say which deployment it was.
  private(set) var by: Deployment.ID?
  /// Whether the deployment's lock is gone from all hosts that answered, or nil if no host answered.
  private(set) var isLetGo: Bool?
  /// Whether at least one host that answered has a receipt of this deployment or of its rollback.
  private(set) var isOwnEnd = false
  /// Whether every host that answered has a good receipt of this deployment, or nil if no host answered.
  private(set) var isProved: Bool?
  private let planned: Timestamp
  private let fence: Int
  private let token: String
  private let id: Deployment.ID

  /// The folder of a deployment on a machine.
  struct Site {
    var host: Host
    var path: String

    /// Whether both sites are the same folder on the same machine, as far as names and addresses show.
    func isSame(as other: Site) -> Bool {
      host.transport == other.host.transport && (host.address ?? host.name).isExactly(other.host.address ?? other.host.name)
        && (host.port ?? 22) == (other.host.port ?? 22) && path.isExactly(other.path)
    }
  }

  /// Returns nil if the journal does not begin with a plan.
  /// - Parameter entries: the whole journal of an interrupted deployment.
  init?(of entries: [Entry]) {
    guard case .planned(let plan)? = entries.first?.fact else { return nil }
    (id, fence, token, planned) = (plan.id, plan.lock.fence, plan.lock.token, plan.receiptTime)
    // If a deployment has ended, only its rollback is left to do.
    let owed: [Int]? = if case .concluded(let conclusion)? = entries.last?.fact { conclusion.wayBackHosts } else { nil }
    for one in plan.hosts {
      if case .leftOut = one.action { continue }
      guard owed?.contains(one.host.number) ?? true else { continue }
      open.append(Site(host: one.host, path: one.host.place(plan.placement.path)))
    }
  }

  /// Finds out, from a newer deployment's journal, which of the hosts gave their locks to that deployment.
  mutating func look(at entries: [Entry]) {
    // The fences can be equal, because the interrupted deployment might never have reached the host.
    guard case .planned(let plan)? = entries.first?.fact, plan.lock.fence >= fence else { return }
    var asked: [Int: Int] = [:]
    var given: [Int] = []
    for entry in entries {
      switch entry.fact {
      case .intended(let intent):
        if case .lock = intent.operation, case .host(let number) = intent.place { asked[intent.id] = number }
      case .happened(.finished(let intent, let outcome)):
        if let number = asked[intent], outcome.failure == nil { given.append(number) }
      default: break
      }
    }
    for number in given where plan.hosts.indices.contains(number) {
      let host = plan.hosts[number].host
      take(Site(host: host, path: host.place(plan.placement.path)), by: plan.id)
    }
  }

  /// Finds out, from a host's survey, whether the host has seen another deployment with a higher fence.
  mutating func look(at site: Site, _ state: HostState) {
    guard open.contains(where: { $0.isSame(as: site) }) else { return }
    isLetGo = isLetGo != false && state.lock?.token != token
    let isGood = state.receipt?.deployment == id && state.receipt?.trial != true
    isProved = isProved != false && isGood
    if state.receipt?.undid == id || state.receipt?.deployment == id { isOwnEnd = true }
    guard state.fence > fence else { return }
    let holder = state.lock.flatMap { $0.fence > fence ? $0.deployment : nil }
    take(site, by: holder ?? state.receipt.flatMap { $0.deployment == id || $0.at < planned ? nil : $0.deployment })
  }

  private mutating func take(_ site: Site, by deployment: Deployment.ID?) {
    guard let index = open.firstIndex(where: { $0.isSame(as: site) }) else { return }
    taken.append(open.remove(at: index).host.name)
    by = deployment ?? by
  }
}

extension PastDeployments {
  /// Returns all deployments, newest first. An interrupted deployment is superseded if newer ones have taken over all of its hosts.
  /// - Parameter found: surveys of hosts, which also show deployments that were made with other state folders.
  package func deployments(seeing found: [Surveyed] = []) async throws(Failure) -> [DeploymentSummary] {
    var all = try await journal.deployments()
    for index in all.indices where all[index].state == .interrupted {
      guard var takeover = Takeover(of: try await journal.entries(of: all[index].id).entries) else { continue }
      for newer in all[..<index].reversed() where !takeover.open.isEmpty && newer.kind != .rollback(of: all[index].id) {
        takeover.look(at: try await journal.entries(of: newer.id).entries)
      }
      for one in found {
        for (host, survey) in one.named {
          guard case .reached(let state) = survey else { continue }
          takeover.look(at: Takeover.Site(host: host, path: host.place(one.selection.recipe.placement.path)), state)
        }
      }
      all[index].takenOver = takeover.taken
      // Hosts keep a parked deployment until an engine resumes it. That engine can have any state folder.
      let isElsewhere = all[index].parked != nil && takeover.isLetGo == true && (takeover.by == nil || takeover.isOwnEnd)
      all[index].isElsewhere = isElsewhere
      if isElsewhere || takeover.open.isEmpty && !takeover.taken.isEmpty { all[index].state = .superseded(by: takeover.by) }
    }
    return all
  }
}
