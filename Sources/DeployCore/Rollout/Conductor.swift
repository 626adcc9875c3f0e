package import DeployModel

/// Connects the rollout with the recipe's scripts. It takes one outside event, runs the scripts until all of them are waiting, and returns
/// the effects that have to be performed outside, in order. Real runs, rehearsals and replays all use it.
package struct Conductor {
  package private(set) var rollout: Rollout
  private let scripts: any Scripts

  /// - Parameters:
  ///   - lapse: a rule that is disabled to test the checkers, or nil if no rule is disabled.
  ///   - isOutline: whether each host is a single step, for simulations of large fleets.
  package init(plan: Plan, scripts: any Scripts, lapse: Lapse? = nil, isOutline: Bool = false) {
    rollout = Rollout(plan: plan, lapse: lapse, isOutline: isOutline)
    self.scripts = scripts
  }

  /// Takes over a rollout that has not handled any event yet.
  package init(beginning rollout: Rollout, scripts: any Scripts) {
    self.rollout = rollout
    self.scripts = scripts
  }

  /// The number of hosts that serve and are not under way.
  package var servingCount: Int { rollout.servingCount }

  /// Whether a host is on the way to its target.
  package func isChanging(_ host: Int) -> Bool { rollout.statuses[host] == .changing }

  /// Handles one outside event.
  /// - Returns: effects of the kinds `perform`, `cancel`, `ring`, `note` and `conclude`.
  package mutating func take(_ happening: Happening) -> [Effect] {
    var outward: [Effect] = []
    var queue = rollout.handle(.happened(happening))
    var next = 0
    while next < queue.count {
      switch queue[next] {
      case .start(let script, let body, let subject): scripts.start(script, body, on: subject)
      case .step(let script, let answer): queue += rollout.handle(.stepped(script, scripts.step(script, answer)))
      case .kill(let script): scripts.kill(script)
      case .perform, .cancel, .ring, .note, .conclude: outward.append(queue[next])
      }
      next += 1
    }
    return outward
  }
}
