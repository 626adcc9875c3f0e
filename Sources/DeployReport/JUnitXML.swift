import DeployModel

/// The elements of JUnit's XML.
enum JUnitXML {
  static func testcase(in file: String, _ name: String, seconds: Interval? = nil, _ content: String = "") -> String {
    let time = seconds.map { " time=\"\(XMLText.seconds($0))\"" } ?? ""
    let head = "    <testcase classname=\"\(XMLText.escaped(file))\" name=\"\(XMLText.escaped(name))\"\(time)"
    return content.isEmpty ? head + "/>\n" : head + ">\n" + content + "    </testcase>\n"
  }

  /// - Parameter name: `failure` for a test that found something wrong, or `error` for something that could not be tested.
  static func element(_ name: String, _ problem: Problem) -> String {
    let lines = problem.lines()
    let message = XMLText.escaped(lines.first ?? "")
    return "      <\(name) message=\"\(message)\">" + XMLText.escaped(lines.joined(separator: "\n")) + "</\(name)>\n"
  }

  /// Returns the element with the output of a test, or empty if it printed nothing.
  static func output(_ lines: [String]) -> String {
    lines.isEmpty ? "" : "      <system-out>" + XMLText.escaped(lines.joined(separator: "\n")) + "</system-out>\n"
  }

  static func skipped(_ reason: String) -> String { "      <skipped message=\"\(XMLText.escaped(reason))\"/>\n" }

  static func suite(_ name: String, _ cases: [String], failures: Int = 0, errors: Int = 0) -> String {
    let counts = "tests=\"\(cases.count)\" failures=\"\(failures)\" errors=\"\(errors)\""
    return "  <testsuite name=\"\(XMLText.escaped(name))\" \(counts)>\n" + cases.joined() + "  </testsuite>\n"
  }

  static func document(_ suites: [String], tests: Int, failures: Int = 0, errors: Int = 0, seconds: Interval? = nil) -> String {
    let time = seconds.map { " time=\"\(XMLText.seconds($0))\"" } ?? ""
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      + "<testsuites tests=\"\(tests)\" failures=\"\(failures)\" errors=\"\(errors)\"\(time)>\n" + suites.joined() + "</testsuites>\n"
  }
}
