package import DeployModel

/// What hosts that join a group stand on: the group's last good revision, which of them have it already, and where it can be had.
package struct JoinGround: Sendable {
  /// The receipt of that revision.
  package let goal: Receipt
  /// Hosts that get it, and those that have it already.
  package private(set) var joining: [Host] = []
  package private(set) var settled: [Host] = []
  /// Hosts that keep its release whole; those that run it come first.
  package let keepers: [Host]
  /// The locks that deployments have on the group's other hosts, each deployment's once.
  package let underWay: [Lock]
  /// Whether a host that joins serves something now.
  package let isServing: Bool

  private typealias Reached = (host: Host, state: HostState)

  /// - Parameters:
  ///   - selection: all hosts of the group.
  ///   - surveys: of them, by host number.
  ///   - isJoining: whether a host is one of those that join.
  /// - Throws: if nothing good is remembered, or a host that joins is out of reach or has something newer than that.
  package init(_ selection: Selection, _ surveys: [Survey], joining isJoining: (Host) -> Bool) throws(Problems) {
    let typed = RollbackGround.named(selection)
    let reached = zip(selection.hosts, surveys).compactMap { host, survey -> Reached? in
      if case .reached(let state) = survey { (host, state) } else { nil }
    }
    underWay = reached.reduce(into: []) { found, one in
      guard let lock = one.state.lock, !isJoining(one.host), lock.leaseLeft > 0 || one.state.parked != nil else { return }
      if !found.contains(where: { $0.deployment == lock.deployment }) { found.append(lock) }
    }
    // A machine that was made from another group's says nothing of this one.
    let history = GroupHistory(reached.map { isJoining($0.host) ? $0.state.speaking(of: selection.group) : $0.state })
    try Self.refuseUnreachable(selection, surveys, joining: isJoining)
    guard let goal = history.lastGood() else { throw Self.nothing(selection, surveys, underWay, typed) }
    let holders = reached.filter { $0.state.releases.contains(goal.release.id) && $0.state.damage(of: goal.release.id) == nil }
    keepers =
      holders.filter { $0.state.current == goal.release.id }.map(\.host)
      + holders.filter { $0.state.current != goal.release.id }.map(\.host)
    let wanted = reached.filter { isJoining($0.host) }
    var problems: [Problem] = []
    for (host, state) in wanted {
      if Self.has(goal, state, history) {
        settled.append(host)
      } else if let problem = Self.newer(than: goal, host, state, typed)
        ?? Self.parted(from: goal, host, state, reached.filter { !isJoining($0.host) }, typed)
      {
        problems.append(problem)
      } else {
        joining.append(host)
      }
    }
    guard problems.isEmpty else { throw Problems(problems, exit: .refused) }
    self.goal = goal
    let changing = joining.map(\.number)
    isServing = wanted.contains { $0.state.current != nil && changing.contains($0.host.number) }
  }

  /// Whether a host runs the revision, whole, with the recipe and the parameters that the group has.
  private static func has(_ goal: Receipt, _ state: HostState, _ history: GroupHistory) -> Bool {
    guard let receipt = state.receipt, state.current == goal.release.id, receipt.release.id == goal.release.id else { return false }
    return receipt.inputs == goal.inputs && history.settled(receipt)?.trial != true && state.damage(of: state.current) == nil
      && !state.isUnsettled
  }

  /// A host whose receipt is younger than the revision is no new one: that would then seem to be younger than what the group runs. One that
  /// a deployment has locked is refused by its lock, with whoever has it.
  private static func newer(than goal: Receipt, _ host: Host, _ state: HostState, _ typed: String) -> Problem? {
    guard let now = state.receipt, now.at > goal.at, state.lock.map({ $0.leaseLeft <= 0 }) ?? true else { return nil }
    let what = "it has release \(now.release.id) of deployment \(now.deployment), which is newer than the group's last good revision, "
    let wayOn =
      now.trial == true
      ? "lander deploy \(typed) brings the group to one revision, and lander rollback \(typed) takes back what was begun"
      : "lander deploy \(typed) brings the group to one revision"
    return Problem(
      what + "release \(goal.release.id) of deployment \(goal.deployment)", subject: host.name,
      fix: "\(wayOn)\nif nothing of it is needed: lander remove \(typed) --only \(host.name), and join it then")
  }

  /// A host that runs what others of the group run is no new one, although some went back from it: the group has two revisions.
  private static func parted(
    from goal: Receipt, _ host: Host, _ state: HostState, _ others: [Reached], _ typed: String
  ) -> Problem? {
    guard let now = state.receipt, now.release.id == state.current, now.release.id != goal.release.id,
      let alike = others.first(where: { $0.state.current == now.release.id && $0.state.receipt?.release.id == now.release.id })
    else { return nil }
    return Problem(
      "it runs release \(now.release.id) as \(alike.host.name) does, and the group's last good revision is release \(goal.release.id) of "
        + "deployment \(goal.deployment): the group has two revisions", subject: host.name,
      fix: "lander deploy \(typed) or lander rollback \(typed) brings the group to one; then join what is new")
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

  /// Why there is nothing to join with.
  private static func nothing(_ selection: Selection, _ surveys: [Survey], _ underWay: [Lock], _ typed: String) -> Problems {
    let away = failures(selection, surveys)
    let group = GroupName(selection.group).noun
    let message = "no host of \(group)\(away.isEmpty ? "" : " that answers") remembers a good revision, so there is none to join with"
    let first =
      underWay.first.map { "deployment \($0.deployment) of \($0.owner) is under way: join once it has succeeded" }
      ?? "lander deploy \(typed) brings the first one, to these hosts too"
    return Problems(
      away.map { $0.failure.problem(of: $0.host.name) } + [Problem(message, fix: first)], exit: away.isEmpty ? .refused : .unreachable)
  }
}

extension HostState {
  /// The same without receipts that another group's deployments left.
  fileprivate func speaking(of group: String) -> HostState {
    var state = self
    if state.receipt?.group.isExactly(group) == false { state.receipt = nil }
    if state.previous?.group.isExactly(group) == false { state.previous = nil }
    state.kept = kept?.filter { $0.group.isExactly(group) }
    return state
  }
}
