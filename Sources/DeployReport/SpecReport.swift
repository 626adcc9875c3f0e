package import DeployModel

/// The results of the tests in specs, for people and for programs.
package struct SpecReport: Sendable {
  let results: [SpecResult]
  /// The real time from the start of the first test to the end of the last one.
  let took: Interval
  /// The tests that did not run.
  let skipped: [SkippedTest]

  package init(_ results: [SpecResult], took: Interval, skipped: [SkippedTest] = []) {
    self.results = results
    self.took = took
    self.skipped = skipped
  }

  var failed: [SpecResult] { results.filter { $0.problem != nil } }
  var files: [String] {
    var files: [String] = []
    for file in results.map(\.test.place.file) where files.last != file { files.append(file) }
    return files
  }

  /// Returns each failed test with its reason and its place, and then the numbers of passed and failed tests.
  /// - Parameter isWhole: whether to show passed tests too.
  package func lines(isWhole: Bool, on surface: Surface = Surface()) -> [String] {
    var lines: [String] = []
    for result in results {
      guard let problem = result.problem else {
        if isWhole { lines.append(surface.paint("passed", .good) + "  \(SafeText.line(result.test.name)) (\(result.took))") }
        lines += result.unchecked.map { surface.paint("  not checked: ", .warn) + SafeText.line($0) }
        continue
      }
      lines.append(surface.paint("failed", .bad) + "  \(SafeText.line(result.test.name))")
      lines += told(problem, on: surface).map { "  " + $0 }
      lines += result.output.map { surface.paint("  | ", .dim) + $0 }
    }
    lines += skipped.map { surface.paint("not run", .warn) + "  \(SafeText.line($0.name)): \(SafeText.line($0.reason))" }
    let unchecked = results.reduce(0) { $0 + $1.unchecked.count }
    let gaps = [(skipped.count.of("recipe"), "not run"), (unchecked.of("check"), "not made")].filter { !$0.0.hasPrefix("0 ") }
    let counts =
      "\(results.count.of("test")) in \(files.count.of("file")), \(took)" + gaps.map { "; \($0.0) \($0.1)" }.joined()
    let end = failed.isEmpty ? "All passed: \(counts)." : "\(failed.count) failed of \(counts)."
    return lines + [surface.paint(end, failed.isEmpty ? .good : .bad)]
  }

  /// Returns a problem as lines. If it shows how two texts differ, the expected and the actual lines are coloured.
  private func told(_ problem: Problem, on surface: Surface) -> [String] {
    var isCompared = false
    return problem.lines(on: surface).map { line in
      if isCompared, line.hasPrefix("  - ") { return surface.paint(line, .bad) }
      if isCompared, line.hasPrefix("  + ") { return surface.paint(line, .good) }
      isCompared = isCompared || line.hasSuffix("(- expected, + got):")
      return line
    }
  }

  /// The results as one object, for programs.
  package var value: Value { value(covering: nil) }

  /// Returns the results as data for programs.
  /// - Parameter coverage: the lines that ran, or nil if coverage was not requested.
  package func value(covering coverage: CoverageReport?) -> Value {
    JSON.record([
      ("passed", .int(results.count - failed.count)), ("failed", .int(failed.count)), ("milliseconds", .int(took.milliseconds)),
      (
        "tests",
        .list(
          results.map { result in
            JSON.record([
              ("names", .list(result.test.names.map { .text($0) })), ("file", .text(result.test.place.file)),
              ("line", .int(result.test.place.line)), ("passed", .bool(result.problem == nil)),
              ("milliseconds", .int(result.took.milliseconds)), ("problem", result.problem?.value),
              ("unchecked", result.unchecked.isEmpty ? nil : .list(result.unchecked.map { .text($0) })),
              ("output", result.output.isEmpty ? nil : .list(result.output.map { .text($0) })),
            ])
          })
      ),
      (
        "skipped",
        skipped.isEmpty ? nil : .list(skipped.map { JSON.record([("name", .text($0.name)), ("reason", .text($0.reason))]) })
      ),
      ("coverage", coverage?.value),
    ])
  }
}
