package import DeployModel

/// A report in JUnit's XML for a command that ended before it had results. The report has an error for each reason, so that nobody mistakes
/// it for a success.
package struct JUnitErrors: Sendable {
  private let problems: [Problem]

  /// - Parameter code: the command's exit code.
  package init(_ problems: [Problem], _ code: ExitCode) {
    self.problems = problems.isEmpty && code != .done ? [Problem("lander ended with \(code.rawValue): \(code.word)")] : problems
  }

  /// The whole document. If nothing was wrong, it contains no test.
  package var text: String {
    let cases = problems.map { problem in
      JUnitXML.testcase(in: problem.place?.file ?? "lander", problem.message, JUnitXML.element("error", problem))
    }
    let suites = cases.isEmpty ? [] : [JUnitXML.suite("lander", cases, errors: cases.count)]
    return JUnitXML.document(suites, tests: cases.count, errors: cases.count)
  }
}
