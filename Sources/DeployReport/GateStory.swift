package import DeployModel

/// A gate in a form for people: what the gate is waiting for, since when, until when, and what to type.
package struct GateStory: Sendable {
  package var number: Int
  package var gate: Gate
  package var opened: Timestamp
  /// The names of the hosts that the gate checks or measures.
  package var hosts: [String] = []
  /// Whether hosts are rolled back if the gate makes the deployment fail.
  package var goesBack = true
  /// Whether the gate belongs to a task. A task rolls nothing back.
  package var isTask = false
  /// Why hosts are not rolled back. This is meaningful only if `goesBack` is false.
  package var why = "rollback is off"
  private var stay: String { "hosts stay as they are" + (isTask ? "" : ", because \(why)") }
  package var answer: GateAnswer?
  package var closed: Timestamp?

  /// The gate in words, such as `check "watch": check http://localhost/ every 10 s for 10 m on web1 web2`.
  package var sentence: String { gate.sentence(on: hosts) }

  /// The time at which the gate closes if nobody answers. A check closes later if no engine ran for some time.
  package var until: Timestamp { opened + gate.time }

  /// Returns a text that says until when the gate waits, and what happens after that.
  /// - Parameter zone: seconds east of Greenwich.
  package func deadline(zone: Int) -> String {
    let (end, start) = (When(until, zone: zone), When(opened, zone: zone))
    let moment = (end.day, end.month) == (start.day, start.month) ? end.clock : end.full
    switch gate.kind {
    case .time: return "until \(moment)"
    case .check: return "until \(moment) at the earliest"
    case .analysis: return "until \(moment) at the latest, if all measurements are needed"
    case .approval, .pause: return "until \(moment), then it fails"
    }
  }

  /// Returns lines that say what the gate is waiting for, with the commands that answer it.
  package func lines(for deployment: Deployment.ID, zone: Int) -> [String] {
    ["Gate \(number): \(sentence), \(deadline(zone: zone))"] + commands(for: deployment).map { "  → \($0[0])  \($0[1])" }
  }

  /// Returns the lines for a gate whose deployment has no engine. Without an engine, nothing can receive an answer.
  package func lines(interrupted deployment: Deployment.ID, now: Timestamp) -> [String] {
    var lines = ["Gate \(number) is open, and no engine hears an answer: \(sentence)"]
    switch gate.kind {
    case .check, .analysis: break
    case .time: lines.append("  → lander resume \(deployment)  \(now < until ? "waits on" : "passes it: its time is over")")
    case .approval, .pause:
      let late = "fails it at once: nobody answered within \(gate.time)"
      lines.append("  → lander resume \(deployment)  \(now < until ? "waits on, and hears an answer then" : late)")
    }
    return lines
  }

  /// Returns what a time without an engine means for a gate with repeated checks or measurements, or nil if it means nothing.
  package func resumed(after gap: Interval) -> String? {
    guard let watch = gate.watch, gap.milliseconds > watch.every.milliseconds.times(2) else { return nil }
    return "No engine ran for \(gap): that time does not count, and \"\(SafeText.line(gate.name))\" lasts longer"
  }

  /// Returns the commands that answer the gate, each with its effect. They contain the gate's number, because several gates can have the
  /// same name.
  package func commands(for deployment: Deployment.ID) -> [[String]] {
    switch gate.kind {
    // A person who passes the gate of a freeze has to give a reason.
    case .time where gate.name == "freeze": [["lander promote \(deployment) \(number) --comment TEXT", "lets the wave begin now"]]
    case .time, .check, .analysis: [["lander promote \(deployment) \(number)", "passes it now"]]
    case .approval:
      [
        gate.from == nil
          ? ["lander approve \(deployment) \(number)", "passes it"]
          : [
            "lander approve \(deployment) \(number) --key FILE", gate.count ?? 1 == 1 ? "passes it" : "counts as one of \(gate.count ?? 1)",
          ],
        [
          "lander reject \(deployment) \(number)",
          gate.failing == .return
            ? "fails it, and the strategy decides"
            : goesBack ? "fails it, and hosts go back" : "fails it; \(stay)",
        ],
      ]
    case .pause:
      [
        ["lander resume \(deployment)", "continues"],
        ["lander cancel \(deployment)", goesBack ? "takes hosts back" : "ends it; \(stay)"],
      ]
    }
  }

  /// How the gate was closed, such as `passed after 10 m` or `rejected by kim@laptop (unverified): too slow`.
  package var end: String {
    guard let answer, let closed else { return "open" }
    let comment = answer.comment.isEmpty ? "" : ": " + SafeText.line(answer.comment)
    guard let by = answer.by else {
      let word =
        switch answer.verdict {
        case .pass: "passed"
        case .fail: "failed"
        case .inconclusive: "inconclusive"
        }
      return "\(word) after \(closed - opened)\(comment)"
    }
    let word =
      switch (answer.verdict, gate.kind) {
      case (.pass, .approval): "approved"
      case (.pass, .pause): "resumed"
      case (.pass, _): "passed early"
      default: "rejected"
      }
    return "\(word) by \(SafeText.line(by)) (\(answer.signed == nil ? "unverified" : "signed"))\(comment)"
  }

  /// The style for the gate's outcome.
  package var style: Surface.Style {
    switch answer?.verdict {
    case .pass: .good
    case .fail: .bad
    case .inconclusive, nil: .warn
    }
  }
}

extension Gate {
  /// Returns the gate's question, on one line.
  package func sentence(on hosts: [String]) -> String {
    let message = self.message.isEmpty ? "" : ": " + SafeText.line(self.message)
    let title = SafeText.line(name)
    switch kind {
    case .time: return "wait \(time)\(message)"
    case .approval: return "approval \"\(title)\"\(message)\(signers)"
    case .pause: return "pause\(message)"
    case .analysis:
      guard let watch, let comparison = watch.comparison else { return "analysis \"\(title)\"\(message)" }
      let what = comparison.unit == .rate ? "the rate of failures" : "a value"
      let sides = "\(watch.names(hosts, 0..<comparison.pairs)) with \(watch.names(hosts, comparison.pairs..<2 * comparison.pairs))"
      let how = "\(SafeText.line(comparison.margin)) allowed, alpha \(comparison.alpha)"
      return "analysis \"\(title)\"\(message): \(what) every \(watch.every) for \(time) at most, \(how), of \(sides)"
    case .check:
      guard let watch else { return "check \"\(title)\"\(message)" }
      let allowed = watch.allow == 0 ? "" : ", \(watch.allow.of("failed check")) allowed"
      return "check \"\(title)\"\(message): \(watch.question.words) every \(watch.every) for \(time)\(allowed) \(watch.places(hosts))"
    }
  }

  /// Who has to sign an answer, such as ` (signed by 2 of kim, ann)`, or empty if anybody is allowed to answer.
  private var signers: String {
    guard let from else { return "" }
    let names = from.prefix(6).map { SafeText.line($0) }.joined(separator: ", ") + (from.count > 6 ? ", …" : "")
    return " (signed by \(from.count == 1 ? "" : "\(count ?? 1) of ")\(names))"
  }

  /// The effect of a failure or a missing answer, or nil if the effect is the usual one: the deployment fails.
  package var unusual: String? {
    let failing: String? = failing == .fail ? nil : "a failure is left to the strategy"
    let undecided: String? =
      switch (kind, undecided) {
      case (.check, .pass), (.analysis, .pass): "no answer counts as passed"
      case (.check, .fail), (.analysis, .fail): "no answer counts as failed"
      default: nil
      }
    let all = [failing, undecided].compactMap { $0 }
    return all.isEmpty ? nil : all.joined(separator: ", ")
  }
}

extension Watch {
  /// Returns the names of the first four hosts in a range, such as `web1 web2`.
  fileprivate func names(_ hosts: [String], _ range: Range<Int>) -> String {
    let side = range.clamped(to: hosts.indices).map { hosts[$0] }
    return side.prefix(4).joined(separator: " ") + (side.count > 4 ? " … (\(side.count.of("host")))" : "")
  }

  /// Returns where a gate makes its check, such as `on web1 web2` or `from this machine`.
  fileprivate func places(_ hosts: [String]) -> String {
    if isFromEngine { return "from this machine" }
    return "on " + hosts.prefix(6).joined(separator: " ") + (hosts.count > 6 ? " … (\(hosts.count.of("host")))" : "")
  }
}

extension Watch.Question {
  fileprivate var words: String {
    switch self {
    case .check(let check): DeployModel.Operation.check(check).sentence
    case .function: "call a function"
    }
  }
}
