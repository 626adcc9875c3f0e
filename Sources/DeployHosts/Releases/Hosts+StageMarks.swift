import DeployCore
import DeployModel

extension Hosts {
  /// Records on the host that a stage begins, or how it ended. If another deployment's mark of this stage is left in place, that mark is
  /// the value of the outcome.
  func mark(_ request: MarkRequest, _ errand: Errand) async throws(Failure) -> Outcome {
    let mark = request.mark
    let line = "\(mark.state.rawValue) \(mark.deployment) \(mark.at.milliseconds) \(mark.revision.hex) \(mark.way)"
    let key = Hex.digest(Array("\(mark.revision.hex) \(mark.stage)".utf8)).prefix(32)
    let answer = try await errand.link.demand(
      "l_note",
      errand.claim + [mark.deployment.rawValue, request.act.rawValue, String(key), line, Lock.word(mark.by), Lock.word(mark.stage)])
    return .done(Hosts.marks(answer.lines)?.first?.value ?? .null)
  }

  /// Reads the marks in the lines of an answer, or nil if there are none.
  static func marks(_ lines: [Substring]) -> [StageMark]? {
    let marks = lines.compactMap { line -> StageMark? in
      let parts = line.parts(at: "\t", keepingEmpty: true).map(String.init)
      guard parts.count == 4, parts[0] == "mark" else { return nil }
      let words = parts[1].parts(at: " ").map(String.init)
      guard words.count == 5, let state = StageMark.State(rawValue: words[0]), let at = Int(words[2]) else { return nil }
      return StageMark(
        stage: parts[3], revision: Digest(hex: words[3]), state: state, deployment: Deployment.ID(words[1]), by: parts[2],
        at: Timestamp(milliseconds: at), isIrreversible: words[4] == "1", undo: words[4] == "2" ? .after : words[4] == "3" ? .before : nil)
    }
    return marks.isEmpty ? nil : marks
  }
}

extension StageMark {
  /// How the stage is undone, as a number that hosts keep. 0: it is not undone. 1: it cannot be undone. 2: it is undone after the hosts
  /// were rolled back. 3: it is undone before the hosts are rolled back.
  fileprivate var way: Int {
    if isIrreversible { return 1 }
    return switch undo {
    case nil: 0
    case .after: 2
    case .before: 3
    }
  }
}
