import DeployDesk
import DeployReport

extension Examination {
  /// A line for each finding, and what to do below it.
  func lines(on surface: Surface) -> [String] {
    let width = findings.map(\.about.columns).max() ?? 0
    return findings.flatMap { finding -> [String] in
      let mark =
        switch finding.grade {
        case .good: surface.paint("ok  ", .good)
        case .warn: surface.paint("look", .warn)
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
