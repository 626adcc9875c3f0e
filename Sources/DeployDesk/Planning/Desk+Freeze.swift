import DeployCore
import DeployEngine
import DeployModel

extension Desk {
  /// Returns the times, from now on, at which no wave of a recipe is allowed to begin, or nil if the recipe has no freeze window.
  /// - Parameter override: the reason why this deployment ignores freezes, or nil if it obeys them.
  /// - Throws: an error that lists all windows whose time zone this machine does not know.
  func freeze(of recipe: Recipe, override: String?) throws(Problems) -> Freeze.Rule? {
    guard !recipe.freeze.isEmpty else { return nil }
    return Freeze.Rule(FreezeCalendar.times(recipe.freeze, in: try recipe.zones(from: zones), from: now), override: override)
  }

  /// Refuses a deployment if a freeze is in force now and is not overridden.
  func refuseFrozen(_ rule: Freeze.Rule?) throws(Problems) {
    guard let rule, rule.override == nil, let held = rule.times.first(where: { $0.holds(now) }) else { return }
    let isEndless = FreezeCalendar.isEndless(held, from: now)
    let time =
      isEndless
      ? "it leaves no free time in the next \(FreezeCalendar.reach) days"
      : "it began \(held.begin) and lasts until \(held.end), for \(held.until - now)"
    throw Problems(
      Problem(
        "nothing is deployed in the freeze \"\(held.name)\": \(time)",
        fix: "\(isEndless ? "look at freeze in the recipe" : "deploy after that"); lander rollback and lander cancel are always possible\n"
          + "--override-freeze --reason TEXT deploys all the same, and records who and why"),
      exit: .refused)
  }
}

extension Recipe {
  /// Returns the time zones of the recipe's freeze windows, in order.
  /// - Parameter tables: returns the time zone database's table for a name, or nil if there is no such zone.
  /// - Throws: an error that lists all windows whose time zone is unknown.
  func zones(from tables: (String) -> [UInt8]?) throws(Problems) -> [Zone] {
    var found: [Zone] = []
    var problems: [Problem] = []
    for window in freeze {
      if let zone = Zone(fixed: window.zone) ?? tables(window.zone).flatMap({ Zone(table: $0) }) {
        found.append(zone)
      } else {
        problems.append(
          Problem(
            "this machine knows no time zone \"\(window.zone)\"", place: window.place,
            fix: "write a name of the time zone database such as \"Europe/Berlin\" (package tzdata has it), \"UTC\" or \"+01:00\""))
      }
    }
    if !problems.isEmpty { throw Problems(problems) }
    return found
  }
}
