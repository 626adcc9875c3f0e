extension HostStatus {
  /// The status in one or two words, for counts, tables and JSON.
  package var word: String {
    switch self {
    case .pending: "waiting"
    case .changing: "changing"
    case .ready: "ready"
    case .succeeded: "succeeded"
    case .unchanged: "unchanged"
    case .kept: "kept"
    case .leftOut: "left out"
    case .restoring: "restoring"
    case .restored: "restored"
    case .untouched: "not changed"
    case .restoreFailed: "restore failed"
    case .failed: "failed"
    case .unknown: isTakenOver ? "taken over" : "unknown"
    }
  }

  /// Whether the host ended as planned: it runs its target, keeps its release on purpose, or was left out before the start.
  package var isWhereItShouldBe: Bool {
    switch self {
    case .succeeded, .unchanged, .kept, .leftOut: true
    default: false
    }
  }
  /// Whether the host runs neither its target nor what it ran before, so that a person has to act.
  package var isLeftBroken: Bool {
    switch self {
    case .restoreFailed: true
    case .unknown(let failure): failure.kind != .fenced
    default: false
    }
  }
  /// Whether the host failed and could not be restored.
  package var isRestoreFailed: Bool { if case .restoreFailed = self { true } else { false } }
  /// Whether the host was unreachable at the end of the deployment.
  package var isUnreachable: Bool { if case .unknown(let failure) = self { failure.kind != .fenced } else { false } }
  /// For a host of a rollback, whether the host answered but was not rolled back.
  package var isLeftBehind: Bool {
    switch self {
    case .failed, .untouched, .restored, .pending: true
    default: false
    }
  }
  /// Whether a newer deployment took the host over during this deployment.
  package var isTakenOver: Bool { if case .unknown(let failure) = self { failure.kind == .fenced } else { false } }
  /// Whether the host failed and was left as it is, because the recipe says so.
  package var isHeld: Bool { if case .failed = self { true } else { false } }
  /// Whether the deployment changed something on the host, even if it was changed back.
  package var wasChanged: Bool {
    switch self {
    case .pending, .unchanged, .kept, .leftOut, .untouched: false
    default: true
    }
  }
}
