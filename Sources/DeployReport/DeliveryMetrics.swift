package import DeployModel

/// DORA's four metrics, computed from a journal: deployment frequency, lead time, change failure rate and recovery time. docs/metrics.md
/// defines them.
package struct DeliveryMetrics: Sendable {
  /// An ended deployment, with what the metrics need to know about it.
  package struct Deployment: Sendable, Hashable {
    package enum End: Sendable, Hashable {
      /// The release is in use.
      case good
      /// The release was on hosts, but did not stay there.
      case failed
      /// The deployment does not count: it changed no host, was cancelled, or is a rollback that did not succeed.
      case nothing
    }
    package var id: DeployModel.Deployment.ID
    package var application: String
    package var group: String
    package var kind: Plan.Kind
    package var began: Timestamp
    package var ended: Timestamp
    package var end: End
    /// When the deployment's commit was made, or nil if unknown.
    package var committed: Timestamp?

    package init(
      id: DeployModel.Deployment.ID, application: String, group: String, kind: Plan.Kind = .deploy, began: Timestamp, ended: Timestamp,
      end: End, committed: Timestamp? = nil
    ) {
      self.id = id
      self.application = application
      self.group = group
      self.kind = kind
      self.began = began
      self.ended = ended
      self.end = end
      self.committed = committed
    }
  }

  /// A summary of several times of one kind: their number, their median and their 90th percentile.
  package struct Times: Sendable, Hashable {
    package var count: Int
    /// The median. For an even number of times, it is the lower of the two in the middle.
    package var median: Interval
    /// The 90th percentile: at least nine out of ten times are not longer than this.
    package var ninth: Interval

    /// - Returns: the summary, or nil if there are no times.
    init?(_ times: [Interval]) {
      guard !times.isEmpty else { return nil }
      let sorted = times.sorted()
      count = sorted.count
      median = sorted[(sorted.count - 1) / 2]
      ninth = sorted[(sorted.count * 9 + 9) / 10 - 1]
    }
  }

  /// The metrics of one application in one group.
  package struct Row: Sendable, Hashable {
    package var application: String
    package var group: String
    /// The number of deployments that changed hosts and succeeded, even if the release was rolled back later.
    package var succeeded: Int
    /// The number of failures: failed deployments, and releases that were rolled back later.
    package var failed: Int
    package var perDay: Double
    /// The lead times, or nil if no commit's time is known.
    package var lead: Times?
    /// The change failure rate, 0 to 1, or nil if there was no deployment.
    package var failureRate: Double?
    /// The recovery times, or nil if no failure was repaired.
    package var restore: Times?
    /// The number of failures that have not been followed by a good deployment yet.
    package var notRestored: Int
  }

  package let since: Timestamp
  package let until: Timestamp
  /// The metrics, sorted by application and group.
  package let rows: [Row]

  /// - Parameters:
  ///   - deployments: the deployments of a journal, in any order. A deployment that ended before the period does not count. A deployment
  ///     that ended after the period counts only if it repaired an earlier failure.
  ///   - since: the beginning of the period, which is before its end.
  package init(_ deployments: [Deployment], since: Timestamp, until: Timestamp) {
    self.since = since
    self.until = until
    let days = max(Double((until - since).milliseconds) / 86_400_000, 1e-6)
    var keys: [(String, String)] = []
    for one in deployments where one.ended >= since && one.ended <= until && !keys.contains(where: { $0 == (one.application, one.group) }) {
      keys.append((one.application, one.group))
    }
    rows = keys.sorted { $0 < $1 }.map { key in
      let own = deployments.filter { ($0.application, $0.group) == key }.sorted { ($0.ended, $0.id) < ($1.ended, $1.id) }
      return Self.row(own, since, until, days)
    }.filter { $0.succeeded + $0.failed > 0 }
  }

  /// - Parameter own: the deployments of one application and group, in the order in which they ended. It must not be empty.
  private static func row(_ own: [Deployment], _ since: Timestamp, _ until: Timestamp, _ days: Double) -> Row {
    func counts(_ one: Deployment) -> Bool { one.kind == .deploy && one.ended >= since && one.ended <= until && one.end != .nothing }
    var (succeeded, failed, notRestored) = (0, 0, 0)
    var (lead, restore): ([Interval], [Interval]) = ([], [])
    for (index, one) in own.enumerated() where counts(one) {
      let later = own[(index + 1)...]
      // If the next good deployment is a rollback that no failure caused, a person rolled this release back.
      let next = later.first { $0.end == .good }
      let undone = one.end == .good && next.map { $0.kind == .rollback(of: nil) } ?? false
      if one.end == .good {
        succeeded += 1
        if let committed = one.committed { lead.append(max(.zero, one.ended - committed)) }
      }
      guard one.end == .failed || undone else { continue }
      failed += 1
      if let next { restore.append(next.ended - (undone ? next.began : one.ended)) } else { notRestored += 1 }
    }
    let taken = own.count { counts($0) }
    return Row(
      application: own[0].application, group: own[0].group, succeeded: succeeded, failed: failed, perDay: Double(succeeded) / days,
      lead: Times(lead), failureRate: taken == 0 ? nil : Double(failed) / Double(taken), restore: Times(restore), notRestored: notRestored)
  }
}

extension DeliveryMetrics.Deployment {
  /// Makes the metrics' view of a deployment, or nil if the deployment has not ended or does not count.
  package init?(_ story: DeploymentStory) {
    // A task or a removal delivers nothing. Hosts that join only get what has already been delivered.
    guard let plan = story.plan, plan.kind.leadsToRelease, plan.flow.joins == nil, let conclusion = story.conclusion,
      conclusion.isElsewhere != true, let ended = story.last
    else { return nil }
    let wasChanged = conclusion.hosts.contains(where: \.wasChanged)
    let end: End =
      switch conclusion.status {
      case .succeeded, .partial: conclusion.hosts.contains(.succeeded) ? .good : .nothing
      case .failed where plan.kind == .deploy && wasChanged: .failed
      case .failed, .cancelled, .refused: .nothing
      }
    self.init(
      id: plan.id, application: plan.subject.application, group: plan.subject.group, kind: plan.kind, began: plan.origin.at, ended: ended,
      end: end, committed: plan.kind == .deploy ? plan.origin.provenance?.commit?.at : nil)
  }
}
