import DeployModel

extension Summary {
  /// Returns the stages that were undone, and those that should have been undone but were not.
  func notUndone(on surface: Surface) -> [String] {
    let ended = story.undone + (rollback?.undone ?? [])
    var lines = ended.isEmpty ? [] : ["", "  Undone: " + Self.staged(ended)]
    let left = story.notUndone(after: rollback)
    guard !left.isEmpty else { return lines }
    lines += ["", "  " + surface.paint("Not undone", .bad) + ": " + Self.staged(left)]
    if rollback == nil, story.conclusion?.owesWayBack == true {
      lines.append("    → lander resume \(story.id) undoes \(left.count == 1 ? "it" : "them")")
    } else if rollback?.conclusion?.status == .refused {
      lines.append("    → the way back never began, and undid nothing: what hosts run goes with what these stages left")
    } else {
      lines.append("    → look how far it is (lander logs \(lastWayBack)), and undo by hand what the release before cannot bear")
      if lacksOnlyUndo { lines.append("    → a later lander rollback past this wants\(Self.despite(left))") }
    }
    return lines
  }

  /// Whether all hosts were rolled back and only some stages were not undone. In that case, another rollback does not help.
  var lacksOnlyUndo: Bool {
    guard let conclusion = story.conclusion, conclusion.traffic == nil, !story.notUndone(after: rollback).isEmpty else { return false }
    let back = rollback ?? (story.plan?.kind.isRollback == true ? story : nil)
    if let back { guard back.conclusion != nil, back.hosts.allSatisfy(\.status.isWhereItShouldBe) else { return false } }
    return !story.hosts.contains { host in
      let isOnRelease = host.status == .succeeded && back == nil
      return isOnRelease || host.status.isLeftBroken || host.status.isHeld || host.status.isTakenOver
    }
  }

  /// Returns the next commands. They are meaningful only if `lacksOnlyUndo` is true.
  /// - Parameters:
  ///   - group: the arguments after `lander status`.
  ///   - again: the arguments after `lander deploy`.
  func afterUndo(_ group: String, _ again: String) -> [[String]] {
    let left = story.notUndone(after: rollback)
    return [
      ["lander logs \(lastWayBack)", "how far the undo came; what the release before cannot bear is undone by hand"],
      ["lander status\(group)", "what each host runs now"],
      ["lander deploy \(again)", "once that is fixed: goes forward, and runs \(Self.staged(left)) again"],
    ]
  }

  private var lastWayBack: Deployment.ID { rollback?.id ?? story.id }

  private static func staged(_ names: [String]) -> String { names.map { "stage \(SafeText.line($0))" }.joined(separator: ", ") }

  private static func despite(_ names: [String]) -> String { names.map { " --despite \(SafeText.line($0).shellWord)" }.joined() }
}
