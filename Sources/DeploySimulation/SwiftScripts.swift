import DeployCore
package import DeployModel

/// Recipes written in Swift, for tests that use the `Scripts` port but need no Lua.
package final class SwiftScripts: Scripts {
  /// A running function of a recipe. It takes an answer, and returns either its next request or its result.
  package typealias Routine = (Answer) -> Step
  /// A function of a recipe. It makes a routine for its subject.
  package typealias Function = (Subject) -> Routine

  private let functions: [Function]
  private var running: [ScriptID: Routine] = [:]
  /// The number of steps so far.
  package private(set) var steps = 0

  /// Makes scripts from functions, by number. All pinned recipes of a plan have the same functions.
  package init(_ functions: [Function]) { self.functions = functions }

  package func start(_ script: ScriptID, _ body: Body, on subject: Subject) {
    running[script] = body.function < functions.count ? functions[body.function](subject) : Self.missing(body)
  }

  package func step(_ script: ScriptID, _ answer: Answer) -> Step {
    steps += 1
    guard let routine = running[script] else {
      return Step(.ended(.raised(ScriptError(Failure(.internal, "script \(script) was stepped but does not run")))))
    }
    let step = routine(answer)
    if case .ended = step.next { running[script] = nil }
    return step
  }

  package func kill(_ script: ScriptID) { running[script] = nil }

  private static func missing(_ body: Body) -> Routine {
    { _ in Step(.ended(.raised(ScriptError(Failure(.internal, "the recipe has no function \(body.function)"))))) }
  }
}

extension SwiftScripts {
  /// Returns a hook that runs commands one after the other, and fails with the first command that fails.
  package static func commands(_ lines: [String]) -> Function {
    sequence { subject in
      let place = place(of: subject)
      return lines.map { .perform(place, .run(Command(.shell($0))), timeout: nil) }
    }
  }

  /// Returns a hook that checks whether a port of the host answers, and fails if it does not.
  package static func check(port: Int) -> Function {
    sequence { subject in [.perform(place(of: subject), .check(.port(port)), timeout: nil)] }
  }

  /// Returns a function that makes requests one after the other. It accepts every answer except a failure.
  package static func sequence(_ requests: @escaping (Subject) -> [Request]) -> Function {
    { subject in
      var waiting = requests(subject)[...]
      return { answer in
        if let failure = failure(in: answer) { return Step(.ended(.raised(ScriptError(failure)))) }
        guard let next = waiting.popFirst() else { return Step(.ended(.returned(.null))) }
        return Step(.asked(next))
      }
    }
  }

  /// Returns a strategy that changes `batch` hosts at a time, in the order of their numbers. It rolls back after a wave with a failure.
  package static func rolling(_ batch: Int, hosts: [Int]) -> Function {
    { _ in
      var waiting = hosts[...]
      return { answer in
        if case .cancel(let failure) = answer { return Step(.ended(.raised(ScriptError(failure)))) }
        if case .wave(let result) = answer, !result.failed.isEmpty {
          return Step(.asked(.decide(.rollback(reason: "\(result.failed.count) of the wave failed"))))
        }
        guard !waiting.isEmpty else { return Step(.ended(.returned(.null))) }
        let wave = Array(waiting.prefix(batch))
        waiting = waiting.dropFirst(batch)
        return Step(.asked(.decide(.wave(wave, parallel: nil))))
      }
    }
  }

  /// Returns a strategy that continues no matter what happens, so that only the bounds stop it.
  package static func stubborn(_ batch: Int, hosts: [Int]) -> Function {
    { _ in
      var waiting = hosts[...]
      return { answer in
        if case .cancel(let failure) = answer { return Step(.ended(.raised(ScriptError(failure)))) }
        guard !waiting.isEmpty else { return Step(.ended(.returned(.null))) }
        let wave = Array(waiting.prefix(batch))
        waiting = waiting.dropFirst(batch)
        return Step(.asked(.decide(.wave(wave, parallel: nil))))
      }
    }
  }

  /// Returns a strategy in two steps. It first takes all hosts up to a segment, `batch` at a time, and then takes all of them to the last
  /// segment. It rolls back after a wave with a failure.
  /// - Parameter forgets: whether the strategy ends after the first step.
  package static func prepared(_ upto: Segment, hosts: [Int], batch: Int? = nil, forgets: Bool = false) -> Function {
    { _ in
      let size = max(1, batch ?? hosts.count)
      let starts = Array(stride(from: 0, to: hosts.count, by: size))
      var waves: [Decision] = starts.map { .wave(Array(hosts[$0..<min($0 + size, hosts.count)]), parallel: nil, upto: upto) }
      if !forgets { waves += starts.map { .wave(Array(hosts[$0..<min($0 + size, hosts.count)]), parallel: nil) } }
      return { answer in
        if case .cancel(let failure) = answer { return Step(.ended(.raised(ScriptError(failure)))) }
        if case .wave(let result) = answer, !result.failed.isEmpty {
          return Step(.asked(.decide(.rollback(reason: "\(result.failed.count) of the wave failed"))))
        }
        return waves.isEmpty ? Step(.ended(.returned(.null))) : Step(.asked(.decide(waves.removeFirst())))
      }
    }
  }

  /// Returns a strategy that makes these decisions, one after the other.
  /// - Parameter catches: whether the strategy continues after errors, as a `pcall` around each decision would do.
  package static func deciding(_ decisions: [Decision], catches: Bool = false) -> Function {
    { _ in
      var waiting = decisions[...]
      return { answer in
        if !catches {
          if case .cancel(let failure) = answer { return Step(.ended(.raised(ScriptError(failure)))) }
          if case .refused(let failure) = answer { return Step(.ended(.raised(ScriptError(failure)))) }
        }
        guard let next = waiting.popFirst() else { return Step(.ended(.returned(.null))) }
        return Step(.asked(.decide(next)))
      }
    }
  }

  /// Returns the two functions of a traffic adapter. One reads weights and the other sets them, each with a command on the engine's
  /// machine.
  /// - Parameter weights: the weights that are read before any have been set.
  package static func balancer(_ weights: Weights) -> [Function] {
    var now = weights
    let reading = asking({ _ in "traffic?" }, then: { _ in now.value })
    let weighing = asking(
      { subject in "traffic \(Self.weights(of: subject)?.sentence ?? "")" },
      then: { subject in
        now = Self.weights(of: subject) ?? now
        return .null
      })
    return [reading, weighing]
  }

  /// Returns a function that runs one command on the engine's machine, and returns a value after the command has ended.
  private static func asking(_ line: @escaping (Subject) -> String, then value: @escaping (Subject) -> Value) -> Function {
    { subject in
      var isAsked = false
      return { answer in
        if let failure = failure(in: answer) { return Step(.ended(.raised(ScriptError(failure)))) }
        if isAsked { return Step(.ended(.returned(value(subject)))) }
        isAsked = true
        return Step(.asked(.perform(.engine, .run(Command(.shell(line(subject)))), timeout: nil)))
      }
    }
  }

  private static func weights(of subject: Subject) -> Weights? {
    if case .weights(let weights) = subject { weights } else { nil }
  }

  private static func place(of subject: Subject) -> Place {
    if case .host(let number) = subject { .host(number) } else { .engine }
  }

  private static func failure(in answer: Answer) -> Failure? {
    switch answer {
    case .cancel(let failure): failure
    case .outcome(let outcome): outcome.failure
    default: nil
    }
  }
}
