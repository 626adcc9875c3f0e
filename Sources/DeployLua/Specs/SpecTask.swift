package import DeployModel

/// One test, in its own Lua state.
package struct SpecTask {
  private let state: LuaState
  private let test: SpecTest
  /// The number of the test's function.
  private let number: Int
  /// The largest number of deployments in one test. It stops an endless loop.
  private static let mostTrials = 200

  /// - Parameter coverage: records which lines run, or nil to record nothing.
  /// - Throws: an error that says what is wrong with the sources.
  package init(_ test: SpecTest, of project: LuaProject, coverage: Coverage? = nil) throws(Problems) {
    guard let main = LuaRecipes.main(of: project.sources), let spec = project.sources.first(where: { SpecPrelude.isSpec($0.path) }) else {
      throw Problems(Problem("the sources have no spec"), exit: .internal)
    }
    let read = try LoadedSources(project.sources, main: main, spec: spec, chosen: test.index, limits: LuaLimits().covered(by: coverage))
    let tests = read.described["tests"]?.list ?? []
    let mine = tests.count == 1 ? tests.first : tests.dropFirst(test.index - 1).first
    guard let number = mine?["number"]?.int else {
      throw Problems(Problem("the test \"\(test.name)\" is not there when its file is read again", place: test.place))
    }
    self.number = number
    state = read.state
    self.test = test
  }

  /// Runs the test, and waits until it has ended.
  /// - Parameter deploy: plays the deployment that the test requests, and returns what happened.
  /// - Returns: why the test failed, or nil if it passed.
  package func run(_ deploy: (Trial) throws(Problems) -> Value) -> Problem? {
    var talk = Talk(task: state.start(number, .facts(.record([]))))
    while true {
      switch turn(&talk) {
      case .ended(let problem): return problem
      case .asked(let question):
        talk.answer = Self.answer { () throws(Failure) in
          var ask = try Ask(question)
          let trial = try ask.trial()
          do throws(Problems) { return try deploy(trial) } catch { throw error.failure }
        }
      }
    }
  }

  /// Runs the test in a lab, and waits until it has ended.
  /// - Parameter perform: carries out the test's request, and returns what happened.
  /// - Returns: why the test failed, or nil if it passed.
  package func runInLab(_ perform: (LabQuestion) async throws(Problems) -> Value) async -> Problem? {
    var talk = Talk(task: state.start(number, .facts(.record([]))))
    while true {
      let question: Question
      switch turn(&talk) {
      case .ended(let problem): return problem
      case .asked(let asked): question = asked
      }
      do throws(Failure) {
        var ask = try Ask(question)
        let wanted = try ask.labQuestion()
        let value: Value
        do throws(Problems) { value = try await perform(wanted) } catch { throw error.failure }
        talk.answer = Self.answer { () throws(Failure) in value }
      } catch { talk.answer = Reply.refusal(error) }
    }
  }

  /// A running test that asks questions and gets answers.
  private struct Talk {
    /// The running function, or nil if there was no memory for it.
    let task: LuaState.Task?
    var answer = WireWriter()
    /// The number of questions so far.
    var count = 0
  }

  private enum Turn {
    case ended(Problem?)
    case asked(Question)
  }

  /// Runs the test until it asks a question or ends.
  private func turn(_ talk: inout Talk) -> Turn {
    guard let task = talk.task else { return .ended(problem("there is no memory for this test")) }
    switch task.step(talk.answer) {
    case .returned: return .ended(nil)
    case .raised(let error):
      var problem = ErrorReader.problem(error, in: test.place.file)
      problem.place = ErrorReader.scriptError(error, place: test.place).place
      return .ended(problem)
    case .asked(let question):
      talk.count += 1
      guard talk.count <= Self.mostTrials else {
        return .ended(problem("the test has had \(Self.mostTrials) deployments played, and no test may have more"))
      }
      return .asked(question)
    }
  }

  private static func answer(_ make: () throws(Failure) -> Value) -> WireWriter {
    do throws(Failure) {
      let value = try make()
      var answer = WireWriter()
      answer.put(value)
      return answer
    } catch { return Reply.refusal(error) }
  }

  private func problem(_ message: String) -> Problem { Problem(message, place: test.place) }
}

extension Problems {
  /// All problems as one error of a test.
  fileprivate var failure: Failure {
    let lines = list.map { problem in
      let place = [problem.place?.description, problem.subject].compactMap { $0 }.map { $0 + ": " }.joined()
      return place + problem.message + (list.count > 1 ? problem.fix.map { " (\($0))" } ?? "" : "")
    }
    return Failure(.invalid, lines.joined(separator: "\n"), fix: list.count == 1 ? list[0].fix : nil)
  }
}
