package import DeployModel

/// The rules for a group whose machines have several instances of the application, each in a slot.
package enum Slots {
  package static func has(_ hosts: [Host]) -> Bool { hosts.contains { $0.slot != nil } }

  /// Returns problems for the parts of a recipe that do not work with slots, or empty for hosts without slots.
  static func problems(_ hosts: [Host], _ recipe: Recipe) -> [Problem] {
    guard has(hosts) else { return [] }
    var problems: [Problem] = []
    if recipe.appspec != nil {
      problems.append(
        Problem(
          "an appspec file installs to one place on a machine, and the group has slots", place: recipe.place,
          fix: "take slots out of the group, or start the application from its release folder with hooks"))
    }
    if recipe.configuration?.healthy != nil {
      problems.append(
        Problem(
          "minimum_healthy counts hosts that get the release, and of slots most keep what they have", place: recipe.configuration?.place,
          fix: "say floor and budget instead"))
    }
    if let alarm = recipe.alarm {
      problems.append(
        Problem(
          "an alarm takes all hosts of a group back, and the group has slots", place: alarm.place ?? recipe.place,
          fix: "let the strategy watch before the old slot is given up: blue_green { watch = \"10m\", keep = \"1h\" }"))
    }
    for case .rollout(let strategy?) in recipe.flow.stages {
      guard let traffic = strategy.traffic else { continue }
      let unknown = hosts.compactMap(\.slot).first { slot in !traffic.pools.contains { $0.isExactly(slot) } }
      guard let unknown else { continue }
      problems.append(
        Problem(
          "slot \"\(unknown)\" is none of the pools of the recipe's traffic, which are \(traffic.pools.joined(separator: ", "))",
          place: traffic.place ?? recipe.place, fix: "give slots and pools the same names"))
    }
    return problems
  }

  /// Refuses a request for only some slots of a machine. The slots of a machine are locked together, because otherwise two deployments to
  /// different slots would not know about each other.
  static func refuseHalves(_ selection: Selection) throws(Problems) {
    let problems = selection.hosts.compactMap { host -> Problem? in
      guard host.slot != nil else { return nil }
      let other = selection.bystanders.first { $0.slot != nil && $0.machine.isExactly(host.machine) }
      return other.map { other in
        let message = "it is taken without \(other.name), and a deployment has all slots of a machine"
        return Problem(message, subject: host.name, fix: "--only \(other.machine)")
      }
    }
    if !problems.isEmpty { throw Problems(problems) }
    guard has(selection.hosts), let left = selection.bystanders.first(where: { $0.slot != nil }), movesTraffic(selection.recipe) else {
      return
    }
    throw Problems(
      Problem(
        "the traffic of the recipe moves for all machines together, and \(left.machine) is left out: it would get traffic on a slot "
          + "without the release", fix: "deploy to all machines of the group, without --only"))
  }

  /// Refuses unreachable machines, no matter how large the budget is. Traffic moves for all machines together, so if one machine cannot get
  /// the release, no machine gets it.
  static func refuseAway(_ selection: Selection, _ surveys: [Survey]) throws(Problems) {
    guard has(selection.hosts), movesTraffic(selection.recipe) else { return }
    let problems = zip(selection.hosts, surveys).compactMap { host, survey -> Problem? in
      guard case .unreachable(let failure) = survey, host.slot != nil else { return nil }
      return Problem(
        "\(failure.message), and it would get traffic on a slot without the release", subject: host.name,
        fix: "take \(host.machine) out of the group, or bring it back: \(failure.fix ?? "lander hosts")")
    }
    if !problems.isEmpty { throw Problems(problems, exit: .unreachable) }
  }

  private static func movesTraffic(_ recipe: Recipe) -> Bool {
    recipe.flow.stages.contains { if case .rollout(let strategy?) = $0 { strategy.traffic != nil } else { false } }
  }

  /// Returns the rule that two slots of a machine are never out of service together, or nil if the hosts are not slots.
  static func apart(_ hosts: [Host]) -> Neighbours? {
    guard has(hosts) else { return nil }
    let sorted = byMachine(hosts)
    var values: [String] = []
    var places: [Int?] = hosts.map { _ in nil }
    for index in sorted {
      if values.last?.isExactly(hosts[index].machine) != true { values.append(hosts[index].machine) }
      places[index] = values.count - 1
    }
    return Neighbours(.apart, tag: "machine", values: values, places: places)
  }

  /// Returns the names of the machines of these hosts, each once.
  package static func machines(_ hosts: [Host]) -> [String] {
    hosts.map(\.machine).reduce(into: []) { known, name in
      if !known.contains(where: { $0.isExactly(name) }) { known.append(name) }
    }
  }

  /// Returns the indices of the hosts that are slots, sorted so that the slots of a machine are adjacent.
  static func byMachine(_ hosts: [Host]) -> [Int] {
    hosts.indices.filter { hosts[$0].slot != nil }.sorted { a, b in
      let (one, other) = (hosts[a].machine, hosts[b].machine)
      return one.isExactly(other) ? a < b : one.utf8.lexicographicallyPrecedes(other.utf8)
    }
  }

  /// Returns the release to which a group with slots goes back, and the good deployment that this reverses (nil if there is none). The
  /// release is the requested one or, if none was requested, the good revision before the one that the group runs.
  /// - Throws: an error if no host has a good receipt to go back to.
  package static func way(
    _ selection: Selection, _ surveys: [Survey], to aim: Receipt?, typed: String?
  ) throws(Problems) -> (goal: Receipt, undoes: Deployment.ID?) {
    let places = zip(selection.hosts, surveys).compactMap { host, survey in
      if case .reached(let state) = survey { WayBack.Place(host: host, state: state) } else { nil }
    }
    let way = WayBack(places, to: aim)
    if aim == nil, !way.unended.isEmpty { throw Problems(way.unended, exit: .refused) }
    guard let goal = way.goal else {
      throw Problems(way.nowhere(typed, named: RollbackGround.named(selection) + selection.typed.words([.hosts])), exit: .refused)
    }
    let now = way.history.lastGood()
    return (goal, way.left != nil && now?.release.id != goal.release.id ? now?.deployment : nil)
  }

  /// Refuses a rollback of slots past irreversible stages. Also refuses a rollback past stages that would have to be undone before hosts go
  /// back, because the strategy that rolls back slots undoes no stage.
  package static func refuse(
    going goal: Receipt, _ selection: Selection, _ surveys: [Survey], despite: [String], typed: String?
  ) throws(Problems) {
    let named = (typed ?? RollbackGround.named(selection)) + selection.typed.words([.hosts])
    let marks = StageMarks(surveys)
    let undoable = marks.undoable(behind: goal).filter { $0.undo == .before && !$0.isNamed(in: despite) }
    var problems = marks.inTheWay(to: goal, despite: despite, and: undoable.map(\.stage), typed: named)
    let options = marks.despite(despite, and: undoable.map(\.stage), goingTo: goal)
    problems += undoable.map { mark in
      Problem(
        "stage \"\(mark.stage)\" ran for revision \(mark.revision.short) after its rollout, and slots go back without undoing it",
        fix: "undo it by hand, then: lander rollback \(named)\(options)")
    }
    if !problems.isEmpty { throw Problems(problems, exit: .refused) }
  }

  /// Returns the marks of the stages that a rollback to this goal has to undo, newest first. A rollback of slots undoes none of them,
  /// because the slot that loses the traffic still runs their revision.
  package static func notUndone(going goal: Receipt, _ surveys: [Survey]) -> [StageMark] {
    StageMarks(surveys).undoable(behind: goal)
  }

  /// Returns the stages that have succeeded and could be undone, but that `--despite` leaves as they are, newest first.
  package static func left(going goal: Receipt, _ surveys: [Survey], despite: [String]) -> [StageMark] {
    StageMarks(surveys).undoable(behind: goal).filter { $0.state == .done && $0.isNamed(in: despite) }
  }

  /// Returns the hosts that show what a group runs: all hosts without slots, and for each machine with slots the slot with the newest
  /// deployment.
  package static func speaking(_ found: [(host: Host, survey: Survey)]) -> [(host: Host, survey: Survey)] {
    let hosts = found.map(\.host)
    var speaks = hosts.map { $0.slot == nil }
    var newest: Int?
    for index in byMachine(hosts) {
      guard let before = newest, hosts[before].machine.isExactly(hosts[index].machine) else {
        (newest, speaks[index]) = (index, true)
        continue
      }
      guard isNewer(found[index].survey, than: found[before].survey) else { continue }
      (newest, speaks[before], speaks[index]) = (index, false, true)
    }
    return found.indices.filter { speaks[$0] }.map { found[$0] }
  }

  private static func isNewer(_ one: Survey, than other: Survey) -> Bool {
    guard case .reached(let state) = one, let receipt = state.receipt else { return false }
    guard case .reached(let before) = other, let earlier = before.receipt else { return true }
    return earlier.at < receipt.at
  }
}
