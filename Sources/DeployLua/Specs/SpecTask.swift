package import DeployModel

/// One test, in a Lua state of its own.
package struct SpecTask {
  private let state: LuaState
  private let test: SpecTest
  /// The number of the test's function.
  private let number: Int
  /// The limit of deployments in one test, which ends an endless loop.
  private static let mostTrials = 200

  /// - Parameter coverage: records which lines run; nil: nothing records them.
  /// - Throws: what is wrong with the sources.
  package init(_ test: SpecTest, of project: LuaProject, coverage: Coverage? = nil) throws(Problems) {
    guard let main = LuaRecipes.main(of: project.sources), let spec = project.sources.first(where: { SpecPrelude.isSpec($0.path) }) else {
      throw Problems(Problem("the sources have no spec"), exit: .internal)
    }
    var loader = try SourceLoader(pinned: project.sources, prelude: .spec, limits: LuaLimits().covered(by: coverage))
    let described: Value
    // Only this test is prepared. In a file with a thousand tests, each would otherwise have to wait for all the others.
    do { described = try loader.load(main, spec: spec, chosen: test.index, checks: false) } catch { throw Problems(error) }
    guard let number = described["tests"]?.list?.first?["number"]?.int else {
      throw Problems(Problem("the test \"\(test.name)\" is not there when its file is read again", place: test.place))
    }
    self.number = number
    state = loader.state
    self.test = test
  }

  /// Runs the test to its end.
  /// - Parameter deploy: plays the deployment that the test asks for, and returns what happened.
  /// - Returns: why the test failed; nil: it passed.
  package func run(_ deploy: (Trial) throws(Problems) -> Value) -> Problem? {
    guard let task = state.start(number, .facts(.record([]))) else { return problem("there is no memory for this test") }
    var answer = WireWriter()
    var trials = 0
    while true {
      switch task.step(answer) {
      case .returned: return nil
      case .raised(let error):
        var problem = ErrorReader.problem(error, in: test.place.file)
        problem.place = ErrorReader.scriptError(error, place: test.place).place
        return problem
      case .asked(let question):
        trials += 1
        guard trials <= Self.mostTrials else {
          return problem("the test has had \(Self.mostTrials) deployments played, and no test may have more")
        }
        answer = Self.answer(question, deploy)
      }
    }
  }

  private static func answer(_ question: Question, _ deploy: (Trial) throws(Problems) -> Value) -> WireWriter {
    do throws(Failure) {
      var ask = try Ask(question)
      let trial = try ask.trial()
      var answer = WireWriter()
      do { answer.put(try deploy(trial)) } catch { throw error.failure }
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
