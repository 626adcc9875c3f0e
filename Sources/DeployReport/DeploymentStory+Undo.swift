import DeployModel

extension Plan {
  /// Names of the stages that it was to undo and that are not undone at its end. A way back that somebody asked for and that never began
  /// has none: hosts and stages fit together as they did before.
  func notUndone(at end: Conclusion) -> [String] {
    if let left = end.notUndone { return left }
    guard end.status == .refused, case .rollback(of: _?) = kind else { return [] }
    return undone.map(\.mark.stage)
  }
}

extension DeploymentStory {
  /// Names of the stages that it has undone, as a way back, in the order of time.
  var undone: [String] {
    (plan?.undone ?? []).filter { undo in
      stages.contains { $0.name.isExactly(undo.title) && $0.ended != nil && $0.error == nil }
    }.map(\.mark.stage)
  }

  /// Names of the stages that should have been undone and are not; empty while it has not ended.
  var notUndone: [String] {
    guard let plan, let conclusion else { return [] }
    return plan.notUndone(at: conclusion)
  }

  /// The same, for a deployment and the rollback that follows from it.
  /// - Parameter rollback: nil: none has begun.
  func notUndone(after rollback: DeploymentStory?) -> [String] {
    notUndone + (rollback?.notUndone ?? conclusion?.undo?.map(\.mark.stage) ?? [])
  }
}
