import DeployModel

/// CodeDeploy's minimum of healthy hosts: which hosts are allowed to begin, and when the deployment has failed by this rule. A host is
/// healthy if the last deployment to it succeeded. Unhealthy hosts change first, because that does not reduce the number of healthy hosts.
/// Then the healthy hosts change, as many at the same time as the minimum allows. A host that fails stays unhealthy for the rest of the
/// deployment. The last host is allowed to fail, because no further host would begin after it.
struct HealthyHosts: Sendable, Hashable {
  /// The number of hosts that have to stay healthy.
  let minimum: Int
  /// The number of healthy hosts. A host under way counts until it fails.
  private(set) var count: Int
  /// For each host, by its number, whether it is healthy.
  private var isHealthy: [Bool]
  /// For each host, by its number, whether it has not begun.
  private var isLeft: [Bool]
  /// The number of healthy hosts under way.
  private var healthyUnderWay = 0
  /// The number of unhealthy hosts under way.
  private var othersUnderWay = 0
  /// The number of unhealthy hosts that have not begun.
  private var othersLeft: Int
  /// The number of all hosts that have not begun.
  private var left: Int

  init(_ plan: Plan, minimum: Int) {
    self.minimum = max(0, min(minimum, plan.hosts.count))
    isHealthy = plan.hosts.map(\.isHealthy)
    isLeft = plan.hosts.map { $0.action == .change }
    count = isHealthy.count { $0 }
    left = isLeft.count { $0 }
    othersLeft = zip(isHealthy, isLeft).count { !$0 && $1 }
  }

  /// Returns the verdict that keeps a host from beginning now, or nil if this rule lets it begin.
  func holds(_ host: Int) -> Admission.Verdict? {
    // When another wave continues with a ready host, that host is already out of service.
    guard isLeft[host] else { return nil }
    if isHealthy[host] {
      if othersUnderWay > 0 { return .wait }
      if count - healthyUnderWay - 1 >= minimum { return nil }
      return healthyUnderWay > 0 ? .wait : .never(shortage)
    }
    // If no host of a group is healthy, the hosts still do not all begin at the same time.
    return othersUnderWay < max(1, isHealthy.count - minimum) ? nil : .wait
  }

  mutating func started(_ host: Int) {
    if isHealthy[host] { healthyUnderWay += 1 } else { othersUnderWay += 1 }
    guard isLeft[host] else { return }
    isLeft[host] = false
    left -= 1
    if !isHealthy[host] { othersLeft -= 1 }
  }

  /// Records that a host is no longer under way.
  /// - Parameter succeeded: whether the host succeeded, or nil if it is only ready.
  mutating func ended(_ host: Int, succeeded: Bool?) {
    if isHealthy[host] { healthyUnderWay -= 1 } else { othersUnderWay -= 1 }
    guard let succeeded, succeeded != isHealthy[host] else { return }
    isHealthy[host] = succeeded
    count += succeeded ? 1 : -1
  }

  /// Records that a host was restarted with the release that it ran. The host can still be changed.
  mutating func restarted(_ host: Int) {
    ended(host, succeeded: nil)
    isLeft[host] = true
    left += 1
    if !isHealthy[host] { othersLeft += 1 }
  }

  /// Records that a host failed before it began, because its release could not be sent.
  mutating func failed(_ host: Int) {
    guard isLeft[host] else { return }
    started(host)
    ended(host, succeeded: false)
  }

  /// Why the deployment has failed by this rule, or nil if it has not failed.
  var exhausted: String? {
    guard othersLeft == 0, othersUnderWay == 0 else { return nil }
    return count < minimum || (left > 0 && count <= minimum) ? shortage : nil
  }

  private var shortage: String {
    "\(count) of \(isHealthy.count) \(isHealthy.count == 1 ? "host is" : "hosts are") healthy, \(minimum) have to stay so"
      + (left > 0 ? ", and \(left) \(left == 1 ? "is" : "are") still to be deployed" : "")
  }
}

extension HostPlan {
  /// Whether the last deployment to the host succeeded and the host still runs that deployment's release. A host is not healthy if it never
  /// had a deployment or is unreachable.
  package var isHealthy: Bool {
    if case .leftOut = action { return false }
    guard let previous, previous.trial != true, isUnrestored != true else { return false }
    return current == previous.release.id && damage == nil
  }

  /// The host's rank in the order in which CodeDeploy updates hosts: first unhealthy hosts, then hosts with an unknown revision, then hosts
  /// with an older revision, and finally hosts that already have the revision to deploy.
  var rank: Int {
    if !isHealthy { return found == nil ? 0 : 1 }
    return previous?.release.id == target?.id ? 3 : 2
  }
}

extension Plan {
  /// The numbers of the hosts to change, in order. Hosts that do not serve come first, because changing them takes no host out of service,
  /// and because the floor might depend on them. Under CodeDeploy's rule, the order is CodeDeploy's.
  package var order: [Int] {
    let all = hosts.indices.filter { hosts[$0].action == .change }
    guard bounds.healthy != nil else { return all.filter { !hosts[$0].serves } + all.filter { hosts[$0].serves } }
    return (0...3).flatMap { rank in all.filter { hosts[$0].rank == rank } }
  }
}
