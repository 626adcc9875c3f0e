package import DeployModel

/// Which lines of recipes and plugins ran in tests, for people, for programs and for coverage tools.
package struct CoverageReport: Sendable {
  private let files: [CoveredFile]

  /// - Parameter files: the recipes and plugins. Files without an executable line are left out.
  package init(_ files: [CoveredFile]) { self.files = files.filter { !$0.lines.isEmpty } }

  private var lines: Int { files.reduce(0) { $0 + $1.lines.count } }
  private var covered: Int { files.reduce(0) { $0 + $1.covered } }

  private static func percent(_ part: Int, of whole: Int) -> String { whole == 0 ? "–" : "\(part * 100 / whole) %" }

  /// Returns a row for each file: the number of its lines, how many of them ran, and which did not.
  package func lines(on surface: Surface = Surface()) -> [String] {
    guard !files.isEmpty else { return ["There is no line of a recipe or plugin that could run."] }
    var rows = files.map { file in
      let missed = file.missed.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
      let shown = missed.prefix(12).joined(separator: ", ") + (missed.count > 12 ? ", …" : "")
      return [
        SafeText.line(file.path), "\(file.lines.count)", "\(file.covered)", Self.percent(file.covered, of: file.lines.count), shown,
      ]
    }
    if files.count > 1 { rows.append(["all", "\(lines)", "\(covered)", Self.percent(covered, of: lines), ""]) }
    return Table(["FILE", "LINES", "RAN", "SHARE", "DID NOT RUN"], rows: rows).lines(on: surface)
  }

  package var value: Value {
    .list(
      files.map { file in
        JSON.record([
          ("file", .text(file.path)), ("lines", .int(file.lines.count)), ("covered", .int(file.covered)),
          ("missed", .list(file.lines.filter { $0.hits == 0 }.map { .int($0.number) })),
        ])
      })
  }

  /// The report as a tracefile of lcov, which editors and CI systems read.
  package var lcov: String {
    files.map { file in
      let lines = file.lines.map { "DA:\($0.number),\($0.hits)\n" }.joined()
      let path = String(file.path.map { $0.isNewline ? "?" : $0 })
      return "TN:\nSF:\(path)\n\(lines)LF:\(file.lines.count)\nLH:\(file.covered)\nend_of_record\n"
    }.joined()
  }
}
