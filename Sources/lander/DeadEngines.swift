import DeployCore
import DeployHosts
import DeployModel
import DeployReport
import DeployStore

/// Engines that are gone and left a lock on hosts: nobody renews it, and this machine knows so before its lease ends.
enum DeadEngines {
  /// Whose lock it is, where that is known to be nobody's any more.
  enum Holder {
    /// A deployment of this state folder that can be resumed.
    case interrupted(DeploymentSummary)
    /// A deployment of this state folder that has ended, and could not give its lock back.
    case ended(DeploymentSummary)
    /// The holder's process on this machine is gone; its journal is in another state folder.
    case gone(Lock)

    var deployment: Deployment.ID {
      switch self {
      case .interrupted(let deployment), .ended(let deployment): deployment.id
      case .gone(let lock): lock.deployment
      }
    }

    /// Its name, where its journal is here.
    var own: Deployment.ID? { if case .gone = self { nil } else { deployment } }

    /// As a sentence about its lock.
    var sentence: String {
      switch self {
      case .interrupted(let deployment):
        "deployment \(deployment.id) was interrupted and still holds the lock: the process that ran it on this machine is gone"
      case .ended(let deployment):
        "deployment \(deployment.id) has ended\(deployment.verdict), and its lock was left over"
      case .gone(let lock):
        "deployment \(lock.deployment), started from another folder of this machine, still holds the lock, and its process is gone"
      }
    }
  }

  /// Who held a lock and is known to be dead, not only silent; nil where the holder may live.
  static func holder(of lock: Lock, in journal: SQLiteJournal) async throws -> Holder? {
    // A deployment whose rollback was interrupted before it took the lock over is over itself, and still holds it.
    if let pair = Pair.all(try await journal.deployments()).first(where: { $0.members.contains { $0.id == lock.deployment } }) {
      // The lock has the token of its plan, and the kernel gave its claim back when the process ended.
      guard case .planned(let plan)? = try await journal.entries(of: lock.deployment).entries.first?.fact, plan.lock.token == lock.token,
        let claim = try journal.claim(lock.deployment)
      else { return nil }
      claim.release()
      let last = pair.back ?? pair.first
      switch pair.state {
      case .interrupted: return lock.owner.hasSuffix("@" + Identity.machine) ? .interrupted(last) : nil
      case .concluded: return .ended(pair.members.first { $0.id == lock.deployment } ?? last)
      case .running, .damaged: return nil
      }
    }
    return EngineIdentity.isGone(lock.process) == true ? .gone(lock) : nil
  }

  /// Locks of the surveyed hosts that may be taken over, by host number; each dead holder is told once.
  /// - Parameters:
  ///   - application: whose locks they are.
  ///   - typed: what names a project without a `deploy.lua`.
  /// - Throws: where a host is locked by a deployment that can be resumed: that comes before anything new.
  static func leftLocks(
    _ surveys: [Survey], of application: String, _ journal: SQLiteJournal, typed: String?, say: (String) -> Void
  ) async throws -> [(host: Int, token: String)] {
    var known: [(token: String, holder: Holder?)] = []
    var left: [(host: Int, token: String)] = []
    var problems: [Problem] = []
    for (number, survey) in surveys.enumerated() {
      // Whoever finds another application's lock is refused.
      guard case .reached(let state) = survey, let lock = state.lock, !lock.isForeign(to: application) else { continue }
      let isNew = !known.contains { $0.token == lock.token }
      if isNew { known.append((lock.token, try await holder(of: lock, in: journal))) }
      guard let holder = known.first(where: { $0.token == lock.token })?.holder else { continue }
      switch holder {
      case .interrupted(let dead):
        guard isNew else { continue }
        problems.append(
          Problem(
            holder.sentence,
            fix: "\(dead.wayOn)\nlander unlock \(typed ?? dead.group) gives the lock back and leaves the hosts as they are"))
      case .ended, .gone:
        left.append((number, lock.token))
        if isNew { say(holder.sentence + "; taking it over") }
      }
    }
    if !problems.isEmpty { throw Problems(problems, exit: .locked) }
    return left
  }
}

extension Plan {
  /// Takes locks over whose holders are gone.
  mutating func inherit(_ locks: [(host: Int, token: String)]) {
    for lock in locks where hosts.indices.contains(lock.host) { hosts[lock.host].inherits = lock.token }
  }
}

extension DeploymentSummary {
  /// What to type where it was interrupted.
  var wayOn: String {
    if case .rollback(of: _?) = kind { return "lander resume \(id) finishes the way back" }
    return "lander resume \(id) resumes it, lander cancel \(id) takes it back"
  }

  /// How it ended, in brackets; nothing where it did not.
  var verdict: String { if case .concluded(let status) = state { " (\(status.rawValue))" } else { "" } }
}

extension String {
  /// A clause as a sentence of its own.
  var sentenced: String { prefix(1).uppercased() + dropFirst() + "." }
}
