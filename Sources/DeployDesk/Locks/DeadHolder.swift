package import DeployModel

/// A lock's holder that this machine knows to be dead. Nobody renews the lock any more. This machine knows it even before the lock's
/// lease ends.
package enum DeadHolder: Sendable {
  /// A deployment in this journal that can be resumed.
  case interrupted(DeploymentSummary)
  /// A deployment in this journal that has ended without releasing its lock.
  case ended(DeploymentSummary)
  /// A holder whose process on this machine has ended. Its journal is in another state folder.
  case gone(Lock)

  package var deployment: Deployment.ID {
    switch self {
    case .interrupted(let deployment), .ended(let deployment): deployment.id
    case .gone(let lock): lock.deployment
    }
  }

  /// The deployment's id, or nil if the deployment's journal is not in this state folder.
  package var own: Deployment.ID? { if case .gone = self { nil } else { deployment } }

  /// What happened to the holder, as a clause.
  package var clause: String {
    switch self {
    case .interrupted(let deployment):
      "\(deployment.kind.words.named(deployment.id)) was interrupted and still holds the lock: "
        + "the process that ran it on this machine is gone"
    case .ended(let deployment):
      "\(deployment.kind.words.named(deployment.id)) has ended\(deployment.verdict), and its lock was left over"
    case .gone(let lock):
      "deployment \(lock.deployment), started from another folder of this machine, still holds the lock, and its process is gone"
    }
  }
}

extension DeploymentSummary {
  /// The command that completes an interrupted deployment.
  package var wayOn: String {
    if case .rollback(of: _?) = kind { return "lander resume \(id) finishes the way back" }
    return "lander resume \(id) resumes it, lander cancel \(id) \(kind.words.cancelling)"
  }

  /// How the deployment ended, in brackets, or empty if it has not ended.
  fileprivate var verdict: String { end.map { " (\($0))" } ?? "" }
}

extension String {
  /// The clause as a sentence, with a capital letter and a full stop.
  package var sentenced: String { prefix(1).uppercased() + dropFirst() + "." }
}
