import DeployModel

/// The results of specs for programs that read JUnit's XML.
extension SpecReport {
  /// The whole document, with a suite for each file.
  package var junit: String {
    let suites = files.map { file in
      let own = results.filter { $0.test.place.file == file }
      let cases = own.map { result in
        let failure = result.problem.map { JUnitXML.element("failure", $0) + JUnitXML.output(result.output) }
        let passed = JUnitXML.output(result.unchecked.map { "not checked: \($0)" })
        return JUnitXML.testcase(in: file, result.test.name, seconds: result.took, failure ?? passed)
      }
      return JUnitXML.suite(file, cases, failures: own.count { $0.problem != nil })
    }
    let left = skipped.map { JUnitXML.testcase(in: "deploy.lua", $0.name, JUnitXML.skipped($0.reason)) }
    let all = suites + (left.isEmpty ? [] : [JUnitXML.suite("not run", left)])
    return JUnitXML.document(all, tests: results.count + left.count, failures: failed.count, seconds: took)
  }
}
