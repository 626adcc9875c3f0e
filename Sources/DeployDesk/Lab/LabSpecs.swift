package import DeployModel

extension SpecRun {
  /// Returns those tests of specs that actually deploy. They have to run one after the other, because they share this machine.
  /// - Returns: the tests, or an empty list if the specs have no such test.
  /// - Throws: an error that lists all problems of the specs.
  package func labTests(of files: [SourceFile], filter: String?) throws(Problems) -> [LabTestRun] {
    do throws(Problems) { return try wanted(of: files, filter: filter) { $0.isLab }.map { LabTestRun(spec: $0.spec, test: $0.test) } } catch
    {
      // It is not a problem if a spec can be read but contains only tests of the other kind.
      if try labCount(of: files) == 0 { return [] }
      throw error
    }
  }

  private func labCount(of files: [SourceFile]) throws(Problems) -> Int {
    var count = 0
    for file in files { count += try library.spec(file).tests.count { $0.isLab } }
    return count
  }
}

/// A test of a spec that actually deploys.
package struct LabTestRun: Sendable {
  let spec: any ReadSpec
  package let test: SpecTest

  /// Runs the test.
  /// - Parameter lab: the test's own lab.
  package func result(in lab: LabCase) async -> LabResult {
    let (clock, start) = (ContinuousClock(), ContinuousClock.now)
    let problem = await spec.run(test) { question throws(Problems) in try await lab.perform(question) }
    var result = LabResult(SpecResult(test, problem: problem, took: Interval(clock.now - start)))
    result.output = await lab.output
    result.result.unchecked = await lab.takeUnchecked()
    return result
  }
}
