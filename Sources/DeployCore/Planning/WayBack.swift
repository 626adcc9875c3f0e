import DeployModel

/// The goal of a requested rollback: one revision for all hosts of a group, or every reason why there is none.
struct WayBack {
  struct Place {
    var host: Host
    var state: HostState
  }
  let places: [Place]
  let history: GroupHistory
  /// The release that the group leaves, or nil if it leaves unfinished deployments of different releases.
  let left: Release.ID?
  /// The receipt of the release that the group goes back to, or nil if no host has a good receipt to go back to.
  let goal: Receipt?

  /// - Parameters:
  ///   - places: the hosts that were reached.
  ///   - aim: the release that all hosts should get, or nil for the previous good release.
  init(_ places: [Place], to aim: Receipt? = nil) {
    self.places = places
    let history = GroupHistory(places.map(\.state))
    let newest = history.lastGood()
    self.history = history
    if let aim {
      (left, goal) = (newest?.release.id, aim)
      return
    }
    // A rollback first rolls back unfinished deployments. Hosts that the unfinished deployments did not reach keep their release. An
    // interrupted rollback does not count as unfinished, because it is repeated from its beginning.
    let waiting = places.filter { !Self.isLeft($0, history) }
    if waiting.contains(where: { place in
      let state = place.state
      return state.isUnsettled && !state.isGoingBack || history.isUnfinished(state) && !Self.stands(state, on: newest, history)
    }) {
      (left, goal) = (nil, newest)
    } else {
      (left, goal) = (newest?.release.id, history.lastGood(besides: newest?.release.id))
    }
  }

  /// Whether the host is a slot that an earlier rollback left behind: it gets no traffic, and its release was good and was then rolled
  /// back.
  private static func isLeft(_ place: Place, _ history: GroupHistory) -> Bool {
    guard place.host.slot != nil, !place.state.isUnsettled, let receipt = place.state.receipt else { return false }
    return history.settled(receipt)?.trial != true && !history.isGood(receipt)
  }

  /// Whether a host runs the goal and its receipt confirms this. The receipt of an unfinished deployment of the same release with another
  /// recipe or other parameters does not count.
  static func stands(_ state: HostState, on goal: Receipt?, _ history: GroupHistory) -> Bool {
    guard let goal else { return state.current == nil && state.receipt == nil }
    guard state.current == goal.release.id, let receipt = state.receipt, receipt.release.id == goal.release.id else { return false }
    return receipt.inputs == goal.inputs || !history.isUnfinished(state)
  }

  /// Whether the rollback leaves the host as it is, because the host runs the goal or never had a deployment. False if the host's
  /// application might be stopped, because the rollback then has to start it again.
  func stays(_ state: HostState) -> Bool {
    if state.isUnsettled, state.receipt != nil { return false }
    if state.receipt == nil, state.current == nil { return true }
    return Self.stands(state, on: goal, history)
  }

  /// Returns a problem for each host whose own receipts lead to another release. Such a host goes to the goal only with `--straighten`.
  func strays(from goal: Receipt) -> [Problem] {
    places.compactMap { place in
      let (state, own) = (place.state, history.own(place.state))
      let runs = state.receipt.map { "it runs \($0.release.id) of deployment \($0.deployment)" } ?? "it has no receipt"
      if let left, let now = state.receipt, now.release.id != left {
        return Problem("\(runs); the newest good revision of the group is \(left)", subject: place.host.name)
      }
      if stays(state) || own?.release.id == goal.release.id { return nil }
      // A host that joined the group later goes back with the group.
      if own == nil, let left, state.current == left, state.receipt?.release.id == left { return nil }
      // The host already has the goal's release, but with a recipe that is not known to be good.
      if left == nil, state.current == goal.release.id { return nil }
      let wish =
        own.map { "by itself it would go back to \($0.release.id) of deployment \($0.deployment)" } ?? "it remembers nothing to go back to"
      return Problem("\(runs), and \(wish); the group goes back to \(goal.release.id)", subject: place.host.name)
    }
  }

  /// Returns a problem for each host that cannot get the goal. A host without the goal's release gets it from this machine or from another
  /// host.
  /// - Parameters:
  ///   - typed: the option that identifies a project without a `deploy.lua`, or nil if the recipe and the group identify the project.
  ///   - named: the recipe, the group and the hosts as command line arguments.
  ///   - isStored: whether this machine has the goal's bundle.
  func lacking(_ goal: Receipt, _ typed: String? = nil, named: String = "", isStored: Bool = true) -> [Problem] {
    let again = "deploy the same files from where they are: lander deploy \(named) --revision with their folder, archive or git:REF"
    let missing = "bundle \(goal.inputs.bundle.short) is not in this machine's store; \(again)"
    return places.compactMap { place -> Problem? in
      if stays(place.state) { return nil }
      let sends =
        typed.map { "lander deploy \($0) with the bundle of \(goal.inputs.bundle.short)" }
        ?? "lander deploy \(named) --revision bundle:\(goal.inputs.bundle.short)"
      if let damage = place.state.damage(of: goal.release.id) {
        return Problem(
          "the release to go back to is damaged: of \(damage.release) \(damage.words)", subject: place.host.name,
          fix: (isStored ? "\(sends) sends what is missing" : missing) + without(goal, typed))
      }
      if place.state.releases.contains(goal.release.id) || isStored || places.contains(where: { Self.keeps($0.state, goal) }) { return nil }
      return Problem(
        "it does not keep release \(goal.release.id) of deployment \(goal.deployment), which the group goes back to",
        subject: place.host.name, fix: missing + without(goal, typed))
    }
  }

  /// Returns advice to roll back only the other hosts, or an empty string if those hosts alone would not go back to the goal.
  private func without(_ goal: Receipt, _ typed: String?) -> String {
    let others = places.filter { stays($0.state) || Self.keeps($0.state, goal) }
    let way = WayBack(others)
    guard way.goal?.release.id == goal.release.id, others.contains(where: { !way.stays($0.state) }), way.strays(from: goal).isEmpty else {
      return ""
    }
    return "; --only \(others.map(\.host.name).joined(separator: ",")) goes back without it"
  }

  private static func keeps(_ state: HostState, _ goal: Receipt) -> Bool {
    state.releases.contains(goal.release.id) && state.damage(of: goal.release.id) == nil
  }

  /// The problems of a rollback that brought every host to its release but was interrupted before it ended. After such a rollback, another
  /// request for a rollback should not go back one more release. The list is empty if there is no such rollback.
  var unended: [Problem] {
    let found = places.compactMap(Self.unended)
    let release = places.first { Self.unended($0) != nil }?.state.receipt?.release.id
    return places.allSatisfy { $0.state.lock == nil || $0.state.receipt?.release.id == release } ? found : []
  }

  /// Returns the problem of a rollback that has brought the host to its release but has not ended, for example because an undo is running.
  /// Returns nil if there is none.
  private static func unended(_ place: Place) -> Problem? {
    let state = place.state
    guard let lock = state.lock, lock.isRollback, let receipt = state.receipt, receipt.deployment == lock.deployment else {
      return nil
    }
    let stages = (state.marks ?? []).filter { $0.state == .undoing && $0.deployment == lock.deployment }.map { "\"\($0.stage)\"" }
    let undo = stages.isEmpty ? "" : "; nobody knows whether the undo of stage \(stages.joined(separator: ", ")) came to its end"
    return Problem(
      "rollback \(lock.deployment) of \(lock.owner) brought it to \(receipt.release.id), was interrupted before its end and has the lock"
        + undo,
      subject: place.host.name,
      fix: "where it was begun: lander resume \(lock.deployment)\n"
        + "else look what it did not do, and give the lock back: lander unlock \(lock.group ?? place.host.name)")
  }

  /// Returns, for each host, why it has no release to go back to.
  /// - Parameters: as in `lacking`.
  func nowhere(_ typed: String?, named: String) -> [Problem] {
    places.map { place in
      let older =
        typed.map { "lander deploy \($0) with an older bundle in the place of this one" }
        ?? "lander deploy \(named) --revision bundle:DIGEST deploys one of lander bundle list"
      guard let undid = place.state.receipt?.undid, place.state.previous?.deployment == undid else {
        return Problem("there is no previous good release to go back to", subject: place.host.name, fix: older)
      }
      return Problem(
        "it went back already: what it ran before was deployment \(undid), which was taken back, and it remembers nothing good before that",
        subject: place.host.name, fix: older + "; lander status says what runs")
    }
  }
}
