package import DeployModel

/// A train, for people who look at it later. For each group, it shows how the group's deployment ended and the answer that was given before
/// that deployment. It also shows what is next.
package struct TrainReport: Sendable {
  private let train: Train

  package init(_ train: Train) { self.train = train }

  /// The result of the whole train, in a word, or `open` if the train has not ended.
  package var state: String { train.exit?.word ?? "open" }

  /// The recipe and the groups, such as `web to staging, production`.
  package var what: String {
    "\(train.request.recipe.map { SafeText.line($0) + " " } ?? "")to " + train.legs.map { SafeText.line($0.group) }.joined(separator: ", ")
  }

  package func lines(on surface: Surface) -> [String] {
    let style: Surface.Style = train.exit == .done ? .good : .warn
    let head = surface.paint("Train \(train.id)", .strong) + " \(what): " + surface.paint(state.spaced, style)
    let rows = train.legs.map { [SafeText.line($0.group), end(of: $0), $0.deployment?.rawValue ?? "", answer($0)] }
    var lines = [head] + Table([], rows: rows).lines(on: surface, indent: 2)
    if let next { lines += ["", "  Next", "    \(next.command)  \(next.effect)"] }
    return lines
  }

  /// What the train is doing now, as a clause.
  package var underWay: String {
    if let group = train.waits { return "a person is asked before group \"\(SafeText.line(group))\"" }
    guard let index = train.next else { return "it has ended" }
    return "group \"\(SafeText.line(train.legs[index].group))\" is next"
  }

  /// The commands that answer the train's question. The list is empty if nobody is asked.
  package var questions: [String] {
    train.waits == nil ? [] : ["  → lander approve \(train.id), or lander reject \(train.id)"]
  }

  /// The lines for a list of open trains: the train, what it is doing, and the next command.
  /// - Parameters:
  ///   - isHeld: whether a process runs the train.
  ///   - newer: a deployment that has changed one of the next groups since the train began, or nil if none is known.
  package func open(isHeld: Bool, newer: DeploymentSummary? = nil) -> [String] {
    let head = "train \(train.id) \(what)"
    if isHeld { return ["\(head): \(underWay)"] + (train.waits == nil ? ["  → lander follow \(train.id)"] : questions) }
    if let newer {
      let group = SafeText.line(newer.group)
      return [
        "\(head); no process runs it, and deployment \(newer.id) has reached group \"\(group)\" since it began",
        "  → lander cancel \(train.id) ends it: it would bring an older revision",
      ]
    }
    return ["\(head); no process runs it", "  → lander resume \(train.id) continues it"]
  }

  /// The next command and its effect, or nil if there is none.
  private var next: (command: String, effect: String)? {
    if let index = train.next {
      return ("lander resume \(train.id)", "continues with group \"\(SafeText.line(train.legs[index].group))\"")
    }
    guard train.exit != .done, let index = train.legs.firstIndex(where: { $0.code != .done }), index > 0 else { return nil }
    let recipe = train.request.recipe.map { " " + SafeText.line($0) } ?? ""
    return (
      "lander deploy\(recipe) --from-group \(SafeText.line(train.legs[index - 1].group)) --group \(SafeText.line(train.legs[index].group))",
      "brings the same bundle there, in a deployment of its own"
    )
  }

  private func end(of leg: Train.Leg) -> String {
    if let code = leg.code { return code == .done ? "succeeded" : code.word.spaced }
    if leg.answer?.approved == false { return "rejected" }
    if train.waits == leg.group { return "waits for an answer" }
    return leg.deployment == nil ? "not begun" : "has not ended"
  }

  private func answer(_ leg: Train.Leg) -> String {
    guard let answer = leg.answer else { return "" }
    let comment = answer.comment.isEmpty ? "" : ": " + SafeText.line(answer.comment)
    return "\(answer.approved ? "approved" : "rejected") by \(SafeText.line(answer.by))\(comment)"
  }

  /// The train as data for programs.
  package var value: Value {
    let groups = train.legs.map { leg in
      JSON.record([
        ("group", .text(leg.group)), ("state", .text(leg.code?.word ?? (leg.deployment == nil ? "not_begun" : "open"))),
        ("deployment", leg.deployment.map { .text($0.rawValue) }), ("exit", leg.exit.map { .int(Int($0)) }),
        (
          "answer",
          leg.answer.map {
            JSON.record([
              ("approved", .bool($0.approved)), ("by", .text($0.by)), ("verified", .bool(false)),
              ("comment", $0.comment.isEmpty ? nil : .text($0.comment)), ("at", .text(When.iso($0.at))),
            ])
          }
        ),
      ])
    }
    return JSON.record([
      ("train", .text(train.id.rawValue)), ("recipe", train.request.recipe.map { .text($0) }), ("state", .text(state)),
      ("between", .text(train.between.word)), ("began", .text(When.iso(train.began))), ("actor", .text(train.actor)),
      ("bundle", train.bundle.map { .text($0.hex) }), ("waits_before", train.waits.map { .text($0) }), ("groups", .list(groups)),
    ])
  }

  /// Returns one report of the whole train.
  /// - Parameter parts: the report of each deployment, by the group's name.
  package func document(_ parts: [(group: String, document: Document)]) -> Document {
    var facts = [
      Document.Fact("Train", train.id.rawValue), Document.Fact("By", train.actor), Document.Fact("Between groups", train.between.word),
    ]
    facts += train.legs.map { leg in
      let tone: Document.Tone = leg.code == .done ? .good : leg.code == nil ? .dim : .bad
      return Document.Fact(leg.group, [end(of: leg), answer(leg)].filter { !$0.isEmpty }.joined(separator: ", "), tone)
    }
    var blocks: [Document.Block] = [.facts(facts)]
    for part in parts { blocks += [.heading("Group \(part.group): \(part.document.verdict.text)")] + part.document.blocks }
    return Document(
      title: train.request.recipe == nil ? "Train \(what)" : what,
      verdict: Document.Cell(state.spaced, train.exit == .done ? .good : .warn), blocks: blocks)
  }
}

extension Train.Between {
  /// The value of `--between` for this rule: `none`, `check` or `approve`.
  package var word: String {
    switch self {
    case .nothing: "none"
    case .check: "check"
    case .approve: "approve"
    }
  }
}

extension String {
  /// Turns a word for programs into words for people, such as `rolled back`.
  fileprivate var spaced: String { replacing("_", with: " ") }
}
