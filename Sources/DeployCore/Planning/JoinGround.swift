package import DeployModel

/// What is known before hosts join a group: the group's last good revision, the hosts that already have this revision, and the hosts from
/// which it can be copied.
package struct JoinGround: Sendable {
  /// Which hosts get the revision.
  package enum Manner: Sendable {
    /// The hosts that the request names, each of which has to answer.
    case named
    /// The requested hosts that lack the revision. Unreachable hosts are left out.
    /// - Parameters:
    ///   - stopped: deployments whose strategy stopped on purpose and left hosts on the old revision.
    ///   - ended: deployments that failed or were cancelled. Their releases on trial are replaced.
    case missing(stopped: [Deployment.ID], ended: [Deployment.ID])
  }

  /// The receipt of the revision. It is on trial if the revision's deployment was stopped on purpose.
  package let goal: Receipt
  package let manner: Manner
  /// The hosts that get the revision.
  package private(set) var joining: [Host] = []
  /// The hosts that already have the revision.
  package private(set) var settled: [Host] = []
  /// The joining hosts that already run the revision, but with a receipt on trial.
  package private(set) var trying: [Host] = []
  /// The requested hosts that are unreachable, or empty if the request names its hosts.
  package let away: [Host]
  /// The hosts that have the revision's release without damage. Hosts that run it come first.
  package let keepers: [Host]
  /// The locks on the group's other hosts or, if the request is for missing hosts, on all hosts of the group. There is one lock for each
  /// deployment.
  package let underWay: [Lock]
  /// Whether at least one joining host serves now.
  package let isServing: Bool

  private typealias Reached = (host: Host, state: HostState)

  /// - Parameters:
  ///   - selection: all hosts of the group.
  ///   - surveys: the surveys of these hosts, by host number.
  ///   - isJoining: whether the request includes this host.
  /// - Throws: an error if no host has a good receipt, if a joining host is unreachable, or if a joining host has a newer release than the
  ///   group's revision.
  package init(
    _ selection: Selection, _ surveys: [Survey], _ manner: Manner = .named, joining isJoining: (Host) -> Bool
  ) throws(Problems) {
    let typed = RollbackGround.named(selection)
    let reached = zip(selection.hosts, surveys).compactMap { host, survey -> Reached? in
      if case .reached(let state) = survey { (host, state) } else { nil }
    }
    underWay = reached.reduce(into: []) { found, one in
      guard let lock = one.state.lock, manner.isMissing || !isJoining(one.host), lock.leaseLeft > 0 || one.state.parked != nil else {
        return
      }
      if !found.contains(where: { $0.deployment == lock.deployment }) { found.append(lock) }
    }
    // A machine that was cloned from another group's machine has receipts that say nothing about this group.
    let history = GroupHistory(reached.map { isJoining($0.host) ? $0.state.speaking(of: selection.group) : $0.state })
    away =
      manner.isMissing
      ? Self.failures(selection, surveys).filter { $0.failure.kind == .unreachable }.map(\.host).filter(isJoining) : []
    let leftOut = away.map(\.number)
    try Self.refuseUnreachable(selection, surveys) { isJoining($0) && !leftOut.contains($0.number) }
    let good = history.lastGood()
    guard let goal = Self.stopped(manner, reached.compactMap(\.state.receipt), history, after: good) ?? good else {
      throw Self.nothing(selection, surveys, underWay, typed, manner)
    }
    let holders = reached.filter { $0.state.releases.contains(goal.release.id) && $0.state.damage(of: goal.release.id) == nil }
    keepers =
      holders.filter { $0.state.current == goal.release.id }.map(\.host)
      + holders.filter { $0.state.current != goal.release.id }.map(\.host)
    let wanted = reached.filter { isJoining($0.host) }
    var problems: [Problem] = []
    for (host, state) in wanted {
      if Self.has(goal, state, history) {
        settled.append(host)
      } else if let problem = Self.newer(than: goal, host, state, typed, manner)
        ?? Self.parted(from: goal, host, state, reached.filter { manner.isMissing || !isJoining($0.host) }, typed, manner)
      {
        problems.append(problem)
      } else {
        joining.append(host)
        if Self.runs(goal, state) { trying.append(host) }
      }
    }
    guard problems.isEmpty else { throw Problems(problems, exit: .refused) }
    (self.goal, self.manner) = (goal, manner)
    let changing = joining.map(\.number)
    isServing = wanted.contains { $0.state.current != nil && changing.contains($0.host.number) }
  }

  /// Returns the newest receipt if it is on trial because its deployment was stopped on purpose. Otherwise returns nil.
  private static func stopped(_ manner: Manner, _ receipts: [Receipt], _ history: GroupHistory, after good: Receipt?) -> Receipt? {
    guard case .missing(let stopped, _) = manner else { return nil }
    let trials = receipts.filter { history.settled($0)?.trial == true && $0.at > good?.at ?? Timestamp(milliseconds: .min) }
    guard let newest = trials.max(by: { $0.at < $1.at }), stopped.contains(newest.deployment) else { return nil }
    return newest
  }

  /// Whether a host runs the undamaged revision, and its receipt has the inputs of the group and is not on trial.
  private static func has(_ goal: Receipt, _ state: HostState, _ history: GroupHistory) -> Bool {
    runs(goal, state) && history.settled(state.receipt)?.trial != true
  }

  /// Whether a host runs the undamaged revision, on trial or not.
  private static func runs(_ goal: Receipt, _ state: HostState) -> Bool {
    guard let receipt = state.receipt, state.current == goal.release.id, receipt.release.id == goal.release.id else { return false }
    return receipt.inputs == goal.inputs && state.damage(of: state.current) == nil && !state.isUnsettled
  }

  /// Returns why a host cannot join if its receipt is newer than the revision: the host is not new, and its next receipt would hide that
  /// the revision is older. Returns nil if the host can join, or if the host is already refused because of its lock.
  private static func newer(than goal: Receipt, _ host: Host, _ state: HostState, _ typed: String, _ manner: Manner) -> Problem? {
    guard let now = state.receipt, now.at > goal.at, state.lock.map({ $0.leaseLeft <= 0 }) ?? true else { return nil }
    if case .missing(_, let ended) = manner, now.trial == true, ended.contains(now.deployment) { return nil }
    let what = "it has release \(now.release.id) of deployment \(now.deployment), which is newer than the group's last good revision, "
    let wayOn =
      now.trial == true
      ? "lander deploy \(typed) brings the group to one revision, and lander rollback \(typed) takes back what was begun"
      : "lander deploy \(typed) brings the group to one revision"
    let last =
      manner.isMissing
      ? "if it was stopped on purpose or failed, the state folder that made it (--state) knows that"
      : "if nothing of it is needed: lander remove \(typed) --only \(host.name), and join it then"
    return Problem(
      what + "release \(goal.release.id) of deployment \(goal.deployment)", subject: host.name, fix: "\(wayOn)\n\(last)")
  }

  /// Returns why hosts cannot join a group with two revisions, or nil if the group has only one. For a named host, the reason is that the
  /// host runs what another host of the group runs, so it is not a new host. For a missing host, the reason is that the host's release is
  /// newer than the goal, because a part of the group was rolled back on purpose.
  private static func parted(
    from goal: Receipt, _ host: Host, _ state: HostState, _ others: [Reached], _ typed: String, _ manner: Manner
  ) -> Problem? {
    guard let now = state.receipt, now.release.id == state.current, now.release.id != goal.release.id else { return nil }
    let alike = others.first { one in
      one.host.number != host.number && one.state.current == now.release.id && one.state.receipt?.release.id == now.release.id
    }
    if manner.isMissing ? now.trial == true || now.origin <= goal.origin : alike == nil { return nil }
    let like = alike.map { " as \($0.host.name) does" } ?? ""
    return Problem(
      "it runs release \(now.release.id)\(like), and the group's last good revision is release \(goal.release.id) of "
        + "deployment \(goal.deployment)\(manner.isMissing ? ", which is older" : ""): the group has two revisions", subject: host.name,
      fix: "lander deploy \(typed) or lander rollback \(typed) brings the group to one"
        + (manner.isMissing ? "" : "; then join what is new"))
  }

  private static func refuseUnreachable(_ selection: Selection, _ surveys: [Survey], joining isJoining: (Host) -> Bool) throws(Problems) {
    let away = failures(selection, surveys).filter { isJoining($0.host) }
    guard !away.isEmpty else { return }
    let isReach = away.allSatisfy { $0.failure.kind == .unreachable }
    throw Problems(away.map { $0.failure.problem(of: $0.host.name) }, exit: isReach ? .unreachable : .infrastructure)
  }

  private static func failures(_ selection: Selection, _ surveys: [Survey]) -> [(host: Host, failure: Failure)] {
    zip(selection.hosts, surveys).compactMap { host, survey in if case .unreachable(let failure) = survey { (host, failure) } else { nil } }
  }

  /// Returns why the group has no revision for the hosts.
  private static func nothing(
    _ selection: Selection, _ surveys: [Survey], _ underWay: [Lock], _ typed: String, _ manner: Manner
  ) -> Problems {
    let away = failures(selection, surveys)
    let group = GroupName(selection.group).noun
    let none = "so there is none to \(manner.isMissing ? "bring" : "join with")"
    let message = "no host of \(group)\(away.isEmpty ? "" : " that answers") remembers a good revision, \(none)"
    let again = manner.isMissing ? "run this again" : "join"
    let first =
      underWay.first.map { "deployment \($0.deployment) of \($0.owner) is under way: \(again) once it has succeeded" }
      ?? "lander deploy \(typed) brings the first one, to these hosts too"
    let exit: ExitCode = manner.isMissing && !underWay.isEmpty ? .locked : away.isEmpty ? .refused : .unreachable
    return Problems(away.map { $0.failure.problem(of: $0.host.name) } + [Problem(message, fix: first)], exit: exit)
  }
}

extension JoinGround.Manner {
  /// Whether the request is for missing hosts. If false, it names its hosts.
  fileprivate var isMissing: Bool { if case .missing = self { true } else { false } }
}

extension HostState {
  /// Returns the state without the receipts of another group's deployments.
  fileprivate func speaking(of group: String) -> HostState {
    var state = self
    if state.receipt?.group.isExactly(group) == false { state.receipt = nil }
    if state.previous?.group.isExactly(group) == false { state.previous = nil }
    state.kept = kept?.filter { $0.group.isExactly(group) }
    return state
  }
}
