package import DeployModel

/// The tests of specs for programs that read JUnit's XML.
extension SpecReport {
  /// A suite for each file.
  package var junit: String {
    let suites = files.map { file in
      let own = results.filter { $0.test.place.file == file }
      return Self.suite(file, own.map(Self.testcase), failures: own.count { $0.problem != nil })
    }
    return Self.document(suites, tests: results.count, failures: failed.count, seconds: " time=\"\(XMLText.seconds(took))\"")
  }

  /// What kept every test from running: an error for each, so that nobody takes the report for a good one.
  package static func junit(of problems: Problems) -> String {
    let cases = problems.list.map { problem in
      let file = problem.place?.file ?? "lander test"
      return head(file, problem.message) + ">\n" + element("error", problem) + "    </testcase>\n"
    }
    return document([suite("lander test", cases, errors: cases.count)], tests: cases.count, errors: cases.count)
  }

  private static func testcase(_ result: SpecResult) -> String {
    let head = head(result.test.place.file, result.test.name) + " time=\"\(XMLText.seconds(result.took))\""
    guard let problem = result.problem else { return head + "/>\n" }
    return head + ">\n" + element("failure", problem) + "    </testcase>\n"
  }

  private static func head(_ file: String, _ name: String) -> String {
    "    <testcase classname=\"\(XMLText.escaped(file))\" name=\"\(XMLText.escaped(name))\""
  }

  private static func element(_ name: String, _ problem: Problem) -> String {
    let lines = problem.lines()
    let message = XMLText.escaped(lines.first ?? "")
    return "      <\(name) message=\"\(message)\">" + XMLText.escaped(lines.joined(separator: "\n")) + "</\(name)>\n"
  }

  private static func suite(_ name: String, _ cases: [String], failures: Int = 0, errors: Int = 0) -> String {
    let counts = "tests=\"\(cases.count)\" failures=\"\(failures)\" errors=\"\(errors)\""
    return "  <testsuite name=\"\(XMLText.escaped(name))\" \(counts)>\n" + cases.joined() + "  </testsuite>\n"
  }

  private static func document(
    _ suites: [String], tests: Int, failures: Int = 0, errors: Int = 0, seconds: String = ""
  ) -> String {
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      + "<testsuites tests=\"\(tests)\" failures=\"\(failures)\" errors=\"\(errors)\"\(seconds)>\n" + suites.joined()
      + "</testsuites>\n"
  }
}
