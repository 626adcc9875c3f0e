package import DeployModel

/// The facts for a requested rollback: to which release the group goes back, and what prevents the rollback. The advice in the messages
/// always works in the hosts' current state.
struct RollbackGround {
  let way: WayBack
  /// The receipt of the release that the group goes back to.
  let goal: Receipt
  /// The problems of hosts that cannot get the goal, except for the problem that a recipe is unknown.
  let problems: [Problem]

  /// - Parameters:
  ///   - straighten: whether the rollback includes hosts whose own receipts lead to another release.
  ///   - aim: the release that all hosts should get, or nil for the previous good release.
  ///   - typed: the option that identifies a project without a `deploy.lua`, or nil if the recipe and the group identify the project.
  ///   - isStored: returns whether the store of this machine has a given bundle.
  /// - Throws: an error if a host is unreachable or differs from the group, or if no host has a good receipt to go back to.
  init(
    _ selection: Selection, _ surveys: [Survey], _ bounds: Bounds, straighten: Bool, to aim: Receipt? = nil, typed: String?,
    isStored: (Digest) -> Bool = { _ in true }
  ) throws(Problems) {
    let command = "lander rollback " + (typed ?? Self.named(selection)) + (aim.map { " --to \($0.release.id)" } ?? "")
    try Self.refuseUnreachable(selection, surveys, bounds, command, to: aim)
    try Obstacles.refuse(surveys, selection)
    let named = Self.named(selection) + selection.typed.words([.hosts])
    way = WayBack(Self.reached(selection, surveys), to: aim)
    if aim == nil, !way.unended.isEmpty { throw Problems(way.unended, exit: .refused) }
    guard let goal = way.goal else { throw Problems(way.nowhere(typed, named: named), exit: .refused) }
    self.goal = goal
    problems = way.lacking(goal, typed, named: named, isStored: isStored(goal.inputs.bundle))
    var strays = straighten || aim != nil ? [] : way.strays(from: goal)
    guard let last = strays.indices.last else { return }
    let single = way.places.filter { place in
      let alone = WayBack([place])
      return alone.goal.map { !alone.stays(place.state) && alone.strays(from: $0).isEmpty && alone.lacking($0).isEmpty } ?? false
    }
    let all =
      "\(command)\(selection.typed.words([.hosts])) --straighten takes every host to \(goal.release.id) of deployment \(goal.deployment), "
      + "the last good revision of the group"
    let some = "\(command) --only HOST takes single hosts back: \(single.map(\.host.name).joined(separator: ", "))"
    let advice = (problems.isEmpty ? [all] : []) + (single.isEmpty ? [] : [some])
    strays[last].fix = advice.isEmpty ? "lander deploy \(named) brings every host to one revision" : advice.joined(separator: "\n")
    throw Problems(strays, exit: .refused)
  }

  private static func reached(_ selection: Selection, _ surveys: [Survey]) -> [WayBack.Place] {
    zip(selection.hosts, surveys).compactMap { host, survey in
      if case .reached(let state) = survey { WayBack.Place(host: host, state: state) } else { nil }
    }
  }

  /// Refuses unreachable hosts. The message says how to roll back the other hosts, because those should not stay on a bad release.
  private static func refuseUnreachable(
    _ selection: Selection, _ surveys: [Survey], _ bounds: Bounds, _ command: String, to aim: Receipt?
  ) throws(Problems) {
    do { try Planner.refuseUnreachable(surveys, selection, bounds) } catch {
      let way = WayBack(reached(selection, surveys), to: aim)
      let there = way.goal.map { goal in
        way.lacking(goal).isEmpty && (aim != nil || way.strays(from: goal).isEmpty)
          ? way.places.filter { !way.stays($0.state) }.map(\.host.name) : []
      }
      guard let there, !there.isEmpty else { throw error }
      let away = zip(selection.hosts, surveys).filter { if case .reached = $0.1 { false } else { true } }.map(\.0.name)
      let others = Problem(
        "\(away.joined(separator: ", ")) cannot go back now; the others can",
        fix: """
          \(command) \(there.map { "--only \($0)" }.joined(separator: " ")) takes them back
          \(command)\(selection.typed.words([.hosts])) takes the rest back later: hosts that went back already stay as they are
          """)
      throw Problems(error.list + [others], exit: error.exit)
    }
  }

  /// Returns the recipe and the group as command line arguments.
  static func named(_ selection: Selection) -> String {
    let recipe = selection.recipe
    var isUsual = false
    switch recipe.targets {
    case .group(let name): isUsual = name == selection.group
    case .hosts: isUsual = true
    case .unset: break
    }
    return recipe.name + (isUsual ? "" : GroupName(selection.group).option)
  }
}

extension RollbackPlanner {
  /// Returns the first reason why `lander rollback` for the selection would be refused now, or nil if no reason is known.
  package static func refusal(_ selection: Selection, _ surveys: [Survey]) -> Problem? {
    for case .reached(let state) in surveys {
      guard let lock = state.lock, lock.leaseLeft > 0 else { continue }
      return Problem("deployment \(lock.deployment) holds the lock")
    }
    do throws(Problems) {
      let seen = surveys.map(\.forChange)
      if Slots.has(selection.hosts) {
        return barrier(seen, to: try Slots.way(selection, seen, to: nil, typed: nil).goal)
      }
      let bounds = try Bounds(selection, away: seen.count(where: \.isAway), waves: .unknown).forWayBack
      let ground = try RollbackGround(selection, seen, bounds, straighten: false, typed: nil)
      return ground.problems.first ?? barrier(seen, to: ground.goal)
    } catch { return error.list.first }
  }

  /// Returns the newest irreversible stage that prevents the rollback, or nil if none does.
  private static func barrier(_ surveys: [Survey], to goal: Receipt) -> Problem? {
    StageMarks(surveys).inTheWay(to: goal, despite: [], typed: "").first
  }
}
