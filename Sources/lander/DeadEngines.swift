import DeployCore
import DeployModel
import DeployStore

/// Engines of this machine that are gone and left a lock on hosts: nobody renews it, and the journal here knows how to go on.
enum DeadEngines {
  /// The interrupted deployment that holds a lock. It is known to be dead, not only silent: the lock has the token of its plan, it
  /// was taken on this machine, and the kernel gave its claim back when the process ended.
  static func deployment(holding lock: Lock, in journal: SQLiteJournal) async throws -> DeploymentSummary? {
    // A deployment whose rollback was interrupted before it took the lock over is over itself, and still holds it.
    guard lock.owner.hasSuffix("@" + Identity.machine),
      let pair = Pair.all(try await journal.deployments()).first(where: { $0.members.contains { $0.id == lock.deployment } }),
      pair.state == .interrupted,
      case .planned(let plan)? = try await journal.entries(of: lock.deployment).entries.first?.fact, plan.lock.token == lock.token
    else { return nil }
    return pair.back ?? pair.first
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
  var wayOn: String {
    if case .rollback(of: _?) = kind { return "lander resume \(id) finishes the way back" }
    return "lander resume \(id) goes on with it, lander cancel \(id) takes it back"
  }
}
