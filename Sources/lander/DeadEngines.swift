import DeployCore
import DeployModel
import DeployStore

/// Engines of this machine that are gone and left a lock on hosts: nobody renews it, and the journal here knows how to go on.
enum DeadEngines {
  /// The interrupted deployment that holds a lock. It is known to be dead, not only silent: the lock has the token of its plan, it
  /// was taken on this machine, and the kernel gave its claim back when the process ended.
  static func deployment(holding lock: Lock, in journal: SQLiteJournal) async throws -> DeploymentSummary? {
    guard lock.owner.hasSuffix("@" + Identity.machine),
      let found = try await journal.deployments().first(where: { $0.id == lock.deployment }), found.state == .interrupted,
      case .planned(let plan)? = try await journal.entries(of: found.id).entries.first?.fact, plan.lock.token == lock.token
    else { return nil }
    return found
  }

  /// - Throws: where a host is locked by one: going on with it comes before anything new.
  static func refuse(_ surveys: [Survey], _ journal: SQLiteJournal) async throws {
    var seen: Set<String> = []
    var problems: [Problem] = []
    for case .reached(let state) in surveys {
      guard let lock = state.lock, seen.insert(lock.token).inserted, let dead = try await deployment(holding: lock, in: journal) else {
        continue
      }
      problems.append(
        Problem(
          "deployment \(dead.id) was interrupted and still holds the lock: the process that ran it on this machine is gone",
          fix: "\(dead.wayOn)\nlander unlock \(dead.group) gives the lock back and leaves the hosts as they are"))
    }
    if !problems.isEmpty { throw Problems(problems, exit: .locked) }
  }
}

extension DeploymentSummary {
  /// What to type where it was interrupted.
  var wayOn: String { "lander resume \(id) goes on with it, lander cancel \(id) takes it back" }
}
