package import DeployModel

/// Runs the tests of specs, several at the same time. Each test has its own Lua state and its own simulated hosts.
package struct SpecRun: Sendable {
  let library: any SpecLibrary
  let stage: RehearsalStage
  /// Returns the exit code of `lander` for a deployment and, if it has one, its rollback.
  package let code: @Sendable (Conclusion, Conclusion?) -> Int

  package init(library: any SpecLibrary, stage: RehearsalStage, code: @escaping @Sendable (Conclusion, Conclusion?) -> Int) {
    self.library = library
    self.stage = stage
    self.code = code
  }

  /// Runs the tests.
  /// - Parameters:
  ///   - filter: text that must occur in the names of the tests, or nil for all tests.
  ///   - parallel: the number of tests that run at the same time.
  /// - Returns: how each test ended, in the order of the specs.
  /// - Throws: an error that lists all problems of the specs. In this case, no test has run.
  package func results(of files: [SourceFile], filter: String? = nil, parallel: Int) async throws(Problems) -> [SpecResult] {
    let wanted = try wanted(of: files, filter: filter) { !$0.isLab }
    return await run(wanted, max(1, parallel))
  }

  /// A test that was chosen, with its spec.
  struct Wanted: Sendable {
    var spec: any ReadSpec
    var test: SpecTest
  }

  /// Returns the tests in these files that should run.
  /// - Parameter isOfKind: whether a test is of the kind that runs now.
  /// - Throws: an error that lists all problems of the specs, or says that no test is left.
  func wanted(of files: [SourceFile], filter: String?, _ isOfKind: (SpecTest) -> Bool) throws(Problems) -> [Wanted] {
    var (wanted, problems): ([Wanted], [Problem]) = ([], [])
    for file in files {
      do throws(Problems) {
        let spec = try library.spec(file)
        let tests = spec.tests.filter { test in isOfKind(test) && (filter.map { test.name.contains($0) } ?? true) }
        wanted += tests.map { Wanted(spec: spec, test: $0) }
        if spec.tests.isEmpty {
          problems.append(Problem("there is no test in \(file.path)", fix: "write it(\"title\", function(t) … end) in it"))
        }
      } catch { problems += error.list.filter { !problems.contains($0) } }
    }
    if problems.isEmpty, wanted.isEmpty {
      problems.append(
        filter.map { Problem("no test has \"\($0)\" in its titles", fix: "lander test --verbose lists them") }
          ?? Problem("there are only tests that run for real", fix: "lander test --lab runs them"))
    }
    guard problems.isEmpty else { throw Problems(problems) }
    return wanted
  }

  private func run(_ wanted: [Wanted], _ parallel: Int) async -> [SpecResult] {
    await withTaskGroup(of: (Int, SpecResult).self) { group in
      var results: [SpecResult?] = wanted.map { _ in nil }
      var next = 0
      func start() {
        guard next < wanted.count, !Task.isCancelled else { return }
        let number = next
        group.addTask { (number, result(of: wanted[number])) }
        next += 1
      }
      for _ in 0..<parallel { start() }
      for await (number, result) in group {
        results[number] = result
        start()
      }
      return results.compactMap { $0 }
    }
  }

  private func result(of wanted: Wanted) -> SpecResult {
    let (clock, project) = (ContinuousClock(), wanted.spec.project)
    let start = clock.now
    let problem = wanted.spec.run(wanted.test) { trial throws(Problems) in
      var played = project
      if let strategy = trial.strategy { played = try wanted.spec.project(playing: strategy) }
      return try TrialRun(trial, of: played, on: stage).played(code: code)
    }
    return SpecResult(wanted.test, problem: problem, took: Interval(clock.now - start))
  }
}
