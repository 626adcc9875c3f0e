extension HostStatus {
  /// Neither on the target nor back on what it ran: a person is needed.
  package var isLeftBroken: Bool {
    switch self {
    case .restoreFailed: true
    case .unknown(let failure): failure.kind != .fenced
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
    case .pending, .unchanged, .leftOut, .untouched: false
    default: true
    }
  }
}
