import DeployModel

/// The results of specs for programs that read JUnit's XML.
extension SpecReport {
  /// The whole document, with a suite for each file.
  package var junit: String {
    let suites = files.map { file in
      let own = results.filter { $0.test.place.file == file }
      let cases = own.map { result in
        let failure = result.problem.map { JUnitXML.element("failure", $0) + JUnitXML.output(result.output) }
        return JUnitXML.testcase(in: file, result.test.name, seconds: result.took, failure ?? "")
      }
      return JUnitXML.suite(file, cases, failures: own.count { $0.problem != nil })
    }
    return JUnitXML.document(suites, tests: results.count, failures: failed.count, seconds: took)
  }
}
