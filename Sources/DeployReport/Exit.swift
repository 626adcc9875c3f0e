package import DeployModel

extension ExitCode {
  /// Makes the exit code of a command that ran a deployment.
  /// - Parameters:
  ///   - rollback: the conclusion of the rollback that followed, or nil if there was none.
  ///   - isRollback: whether the deployment itself is a rollback.
  package init(_ conclusion: Conclusion, rollback: Conclusion? = nil, isRollback: Bool = false) {
    if conclusion.traffic != nil || conclusion.notUndone != nil {
      self = .rollbackFailed
      return
    }
    switch conclusion.status {
    // A budget excuses hosts that are unreachable, but not hosts that a person has to restore.
    case .succeeded: self = conclusion.hosts.contains(where: \.isRestoreFailed) ? .rollbackFailed : .done
    case .partial: self = conclusion.hosts.contains(where: \.isRestoreFailed) ? .rollbackFailed : .partial
    case .refused: self = Self.refusal(conclusion)
    case .cancelled:
      if rollback?.isTakenOver == true, !conclusion.hosts.contains(where: \.isLeftBroken) {
        self = .locked
      } else if !Self.isRestored(conclusion, rollback) {
        self = .rollbackFailed
      } else {
        self = conclusion.hosts.contains(where: \.isHeld) || conclusion.leavesNew(rollback, isRollback) ? .held : .cancelled
      }
    case .failed:
      if conclusion.hosts.contains(where: \.isLeftBroken) {
        self = .rollbackFailed
      } else if conclusion.isTakenOver || rollback?.isTakenOver == true {
        self = .locked
      } else if let rollback {
        self = rollback.status == .succeeded ? Self.wentBack(conclusion) : .rollbackFailed
      } else if isRollback, conclusion.hosts.contains(where: { $0 != .pending && $0.isLeftBehind }) {
        self = .rollbackFailed
      } else if conclusion.ran != nil, let kind = conclusion.error?.failure.kind, kind == .rejected || kind == .unfit {
        // A task rolls nothing back, so the exit code only says whether a person or a gate ended it.
        self = Self.wentBack(conclusion)
      } else if conclusion.hosts.contains(where: \.isHeld) || conclusion.owesWayBack || conclusion.leavesNew(rollback, isRollback) {
        self = .held
      } else if let kind = conclusion.error?.failure.kind, kind.isNobodysFault {
        self = kind == .fenced || kind == .locked ? .locked : .infrastructure
      } else {
        self = Self.wentBack(conclusion)
      }
    }
  }

  /// Returns the exit code for hosts that are in the same state as before. The reason is that a person rejected the release, a gate found
  /// it bad, or something failed.
  private static func wentBack(_ conclusion: Conclusion) -> ExitCode {
    switch conclusion.error?.failure.kind {
    case .rejected: .rejected
    case .unfit: .unfit
    default: .rolledBack
    }
  }

  /// Makes the exit code for a failure before the deployment began.
  package init(_ kind: Failure.Kind) {
    switch kind {
    case .locked: self = .locked
    case .unreachable: self = .unreachable
    case .transport, .store, .noSpace, .notPermitted, .timeout, .corrupt, .lost:
      self = .infrastructure
    case .invalid, .misnamed, .missing, .failed, .command: self = .usage
    case .fenced: self = .locked
    case .cancelled: self = .cancelled
    case .rejected: self = .rejected
    case .unfit: self = .unfit
    case .unhealthy: self = .refused
    case .internal: self = .internal
    }
  }

  /// Makes the exit code of a command that asked hosts. It is *unreachable* if a host is unreachable, no matter what other hosts said.
  /// Otherwise, it says whether Lander's own files on a host are damaged, or could not be read.
  /// - Parameter changing: whether it also counts that the host can be read but not changed.
  package init(of surveys: [Survey], changing: Bool = false) {
    let failures = surveys.compactMap { survey -> Failure? in
      switch survey {
      case .unreachable(let failure): failure
      case .reached(let state): state.hindrance.flatMap { changing || $0.kind == .corrupt ? $0 : nil }
      }
    }
    self = failures.contains { $0.kind == .unreachable } ? .unreachable : failures.isEmpty ? .done : .infrastructure
  }

  private static func refusal(_ conclusion: Conclusion) -> ExitCode {
    if conclusion.holder != nil { return .locked }
    switch conclusion.error?.failure.kind {
    case .locked, .fenced: return .locked
    case .unreachable: return .unreachable
    case .transport, .store, .noSpace, .notPermitted, .timeout, .corrupt, .lost:
      return .infrastructure
    case .missing, .invalid: return .usage
    default: return .refused
    }
  }

  private static func isRestored(_ conclusion: Conclusion, _ rollback: Conclusion?) -> Bool {
    if conclusion.hosts.contains(where: \.isLeftBroken) { return false }
    return !conclusion.owesWayBack || rollback.map { $0.status == .succeeded } ?? true
  }
}

extension Conclusion {
  /// Whether hosts keep the new release although the deployment failed or was cancelled. They do if the recipe says that nothing is rolled
  /// back, or if an irreversible stage has begun. For a task, whether an effect of the task stays.
  fileprivate func leavesNew(_ back: Conclusion?, _ isRollback: Bool) -> Bool {
    back == nil && !isRollback && rollback.isEmpty && (hosts.contains(.succeeded) || ran == true || irreversible != nil)
  }

  /// Whether a newer deployment took the hosts over during this deployment. If so, the newer deployment is responsible for the hosts, and
  /// nobody has to do anything.
  package var isTakenOver: Bool {
    error?.failure.kind == .fenced && !hosts.contains(where: \.isLeftBroken)
  }
}

extension Failure.Kind {
  /// Whether the connection or another deployment caused the failure. If so, the release is not the cause, and a retry is safe.
  fileprivate var isNobodysFault: Bool {
    switch self {
    case .transport, .store, .noSpace, .unreachable, .fenced, .locked: true
    default: false
    }
  }
}
