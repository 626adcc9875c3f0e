package import DeployModel

/// The sequence of steps that a lab runs with a recipe: a first deployment, a second deployment with a changed revision, a third one that
/// fails on purpose, and a rollback. After each step, the hosts are checked against Lander's promises.
package struct LabCourse: Sendable {
  let setting: LabSetting
  let request: DeploymentRequest
  /// Called with the name of each step before it begins.
  let begins: @Sendable (String) -> Void

  /// - Parameter request: the recipe, the group and the parameters.
  package init(_ request: DeploymentRequest, in setting: LabSetting, begins: @escaping @Sendable (String) -> Void) {
    self.setting = setting
    self.request = request
    self.begins = begins
  }

  /// Returns the result of each step, in order. If a step fails, the steps after it do not run.
  package func results() async -> [LabResult] {
    let place = setting.project.project.recipes.first { $0.name.isExactly(request.recipe ?? "") }?.place
    let title = (request.recipe ?? "recipe") + (request.group.map { " in \($0)" } ?? "")
    var course = LabSteps(course: self)
    var results: [LabResult] = []
    while let step = course.next {
      begins("\(title): \(step.title(course))")
      let start = setting.desk.now
      var problem: Problem?
      do { problem = Self.joined(try await course.run(step)) } catch { problem = Self.problem(error) }
      let unchecked = setting.scene.takeUnchecked()
      if course.isLeftOut { continue }
      // The title is read only now, because the step itself might have chosen the event that fails.
      let test = SpecTest(
        names: [title, step.title(course)], place: place ?? SourcePlace(file: "deploy.lua", line: 1), index: results.count + 1)
      var result = LabResult(SpecResult(test, problem: problem, took: setting.desk.now - start))
      result.result.unchecked = unchecked
      result.output = course.output
      results.append(result)
      if result.result.problem != nil { break }
    }
    return results
  }

  static func problem(_ error: any Error) -> Problem {
    switch error {
    case let problems as Problems: joined(problems.list) ?? Problem("it failed without a reason")
    case let problem as Problem: problem
    case let failure as Failure: failure.problem()
    case let error as ScriptError:
      Problem(
        error.failure.message + (error.stderr.map { "\n\($0)" } ?? ""), place: error.place, subject: error.host, fix: error.failure.fix)
    default: Problem("\(error)")
    }
  }

  /// Returns several problems as one, or nil if there are none.
  static func joined(_ problems: [Problem]) -> Problem? {
    guard var first = problems.first else { return nil }
    for problem in problems.dropFirst() { first.message += "\n" + (problem.subject.map { "\($0): " } ?? "") + problem.message }
    return first
  }
}

/// The result of one step of a lab, and the output of its commands.
package struct LabResult: Sendable {
  package var result: SpecResult
  package var output: [LabOutput] = []

  init(_ result: SpecResult) { self.result = result }
}
