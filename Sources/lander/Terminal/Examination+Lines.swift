import DeployDesk
import DeployModel
import DeployReport

extension Examination {
  /// Returns a line for each finding, and below it what to do.
  func lines(on surface: Surface) -> [String] {
    let width = findings.map(\.about.columns).max() ?? 0
    return findings.flatMap { finding -> [String] in
      let mark =
        switch finding.grade {
        case .good: surface.paint("ok  ", .good)
        case .warn: surface.paint("warn", .warn)
        case .bad: surface.paint("fix ", .bad)
        }
      let text = SafeText.lines(finding.text)
      let margin = String(repeating: " ", count: width + 8)
      var lines =
        ["\(mark)  \(finding.about.padded(to: width))  \(text.first ?? "")"]
        + text.dropFirst().map { margin + $0 }
      if let fix = finding.fix { lines.append(margin + "→ " + SafeText.line(fix)) }
      return lines
    }
  }
}

extension Examination {
  /// Returns the findings as data for programs.
  /// - Parameter connected: whether the hosts were tried.
  func value(connected: Bool) -> Value {
    let rows = findings.map { finding in
      JSON.record([
        ("grade", finding.grade.word), ("about", .text(finding.about)), ("text", .text(finding.text)),
        ("fix", finding.fix.map { .text($0) }),
      ])
    }
    return JSON.record([
      ("findings", .list(rows)), ("bad", .int(count(.bad))), ("warn", .int(count(.warn))), ("connected", .bool(connected)),
    ])
  }
}

extension Examination.Grade {
  fileprivate var word: Value {
    switch self {
    case .good: "good"
    case .warn: "warn"
    case .bad: "bad"
    }
  }
}
