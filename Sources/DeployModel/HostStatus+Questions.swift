extension HostStatus {
  /// The word for it in counts, tables and JSON.
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

  /// Runs its target, keeps what it has on purpose, or was left out before the start.
  package var isWhereItShouldBe: Bool {
    switch self {
    case .succeeded, .unchanged, .kept, .leftOut: true
    default: false
    }
  }
  /// Neither on the target nor back on what it ran: a person is needed.
  package var isLeftBroken: Bool {
    switch self {
    case .restoreFailed: true
    case .unknown(let failure): failure.kind != .fenced
    default: false
    }
  }
  /// Failed, and going back failed too.
  package var isRestoreFailed: Bool { if case .restoreFailed = self { true } else { false } }
  /// Nobody could ask it at the end.
  package var isOutOfReach: Bool { if case .unknown(let failure) = self { failure.kind != .fenced } else { false } }
  /// Of a host that was to go back: it answered, but did not go back.
  package var isLeftBehind: Bool {
    switch self {
    case .failed, .untouched, .restored, .pending: true
    default: false
    }
  }
  /// A newer deployment took the host over while this one was at work there.
  package var isTakenOver: Bool { if case .unknown(let failure) = self { failure.kind == .fenced } else { false } }
  /// Failed and left so on purpose.
  package var isHeld: Bool { if case .failed = self { true } else { false } }
  /// Something on the host was changed, at least for a while.
  package var wasChanged: Bool {
    switch self {
    case .pending, .unchanged, .kept, .leftOut, .untouched: false
    default: true
    }
  }
}
