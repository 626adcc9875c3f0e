import DeployModel

extension AlarmRollback {
  /// Derives the rollback's state from its conclusion. A refused rollback counts as having changed nothing.
  init(_ end: Conclusion) {
    let isWhole = end.status == .succeeded && end.traffic == nil && end.notUndone == nil
    if isWhole, end.hosts.allSatisfy({ $0 == .succeeded || $0 == .unchanged || $0 == .kept }) {
      self = .back
    } else if end.status == .refused {
      let isAway = end.error?.failure.kind == .unreachable
      self = .idle(end.holder != nil ? .locked : isAway ? .unreachable : .refused)
    } else {
      self = end.hosts.contains(where: \.isHeld) ? .held : .failed
    }
  }
}
