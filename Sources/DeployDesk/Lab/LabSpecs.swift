package import DeployModel

extension SpecRun {
  /// Runs the tests of specs that really deploy, one after the other, because they share this machine.
  /// - Parameter perform: runs one test and returns how it ended. It receives what the test's function asks for.
  /// - Returns: how each test ended, or empty if the specs have no such test.
  /// - Throws: all problems of the specs, before any test runs.
  package func labTests(of files: [SourceFile], filter: String?) throws(Problems) -> [LabTestRun] {
    do throws(Problems) { return try wanted(of: files, filter: filter) { $0.isLab }.map { LabTestRun(spec: $0.spec, test: $0.test) } } catch
    {
      // A spec that can be read but has only other tests is not a problem.
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

/// A test of a spec that really deploys.
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
