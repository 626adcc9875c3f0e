import DeployModel

extension Summary {
  /// Stages that were undone, and those that should have been.
  func notUndone(on surface: Surface) -> [String] {
    let ended = rollback?.undone ?? []
    var lines = ended.isEmpty ? [] : ["", "  Undone: " + ended.map { "stage \(SafeText.line($0))" }.joined(separator: ", ")]
    let left = (story.conclusion?.notUndone ?? []) + (rollback?.conclusion?.notUndone ?? [])
    guard !left.isEmpty else { return lines }
    lines += ["", "  " + surface.paint("Not undone", .bad) + ": " + left.map { "stage \(SafeText.line($0))" }.joined(separator: ", ")]
    lines.append("    → look how far it is (lander logs \(rollback?.id ?? story.id)), and undo by hand what the release before cannot bear")
    return lines
  }
}

extension DeploymentStory {
  /// Names of the stages that a way back has undone.
  fileprivate var undone: [String] {
    guard let plan, let conclusion else { return [] }
    let left = conclusion.notUndone ?? []
    return plan.undone.map(\.mark.stage).filter { name in !left.contains { $0.isExactly(name) } }
  }
}
