import DeployModel

extension Plan {
  /// Returns the names of the stages that the rollback had to undo but did not undo. If a person requested the rollback but it never began,
  /// the list is empty, because the hosts and the stages still match.
  func notUndone(at end: Conclusion) -> [String] {
    if let left = end.notUndone { return left }
    guard end.status == .refused, case .rollback(of: _?) = kind else { return [] }
    return undone.map(\.mark.stage)
  }
}

extension DeploymentStory {
  /// The names of the stages that the rollback has undone, in chronological order.
  var undone: [String] {
    (plan?.undone ?? []).filter { undo in
      stages.contains { $0.name.isExactly(undo.title) && $0.ended != nil && $0.error == nil }
    }.map(\.mark.stage)
  }

  /// The names of the stages that should have been undone but were not. The list is also empty if the deployment has not ended.
  var notUndone: [String] {
    guard let plan, let conclusion else { return [] }
    return plan.notUndone(at: conclusion)
  }

  /// Returns the names of the stages that should have been undone but were not, for a deployment and the rollback that follows it.
  /// - Parameter rollback: the rollback, or nil if none has begun.
  func notUndone(after rollback: DeploymentStory?) -> [String] {
    notUndone + (rollback?.notUndone ?? conclusion?.undo?.map(\.mark.stage) ?? [])
  }
}
