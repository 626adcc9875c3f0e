import DeployCore
import DeployModel

/// Finds settings of a test that had no effect on its deployment. They are most likely mistakes.
struct TrialLeftovers {
  private let trial: Trial
  private let parts: [TrialPart]
  private let answers: TrialAnswers
  private let servers: TrialServers

  init(_ trial: Trial, _ parts: [TrialPart], _ answers: TrialAnswers, _ servers: TrialServers) {
    self.servers = servers
    self.trial = trial
    self.parts = parts
    self.answers = answers
  }

  /// The settings without effect, as records `{ message, fix, answer, reply }` for the test. `answer` is the number of a command's answer,
  /// and `reply` is the number of an http answer. Both count from 1.
  var told: [Value] {
    let unused = answers.unused.map { told(problem(ofAnswer: $0), [("answer", .int($0))]) }
    let silent = servers.unused.map { told(problem(ofReply: $0), [("reply", .int($0))]) }
    return unused + silent + (gatesThatNeverOpened + failuresThatNeverCame).map { told($0) }
  }

  private func told(_ problem: Problem, _ more: [(String, Value)] = []) -> Value {
    .record(of: [("message", .text(problem.message))] + (problem.fix.map { [("fix", .text($0))] } ?? []) + more)
  }

  private func problem(ofReply number: Int) -> Problem {
    let reply = trial.replies[number - 1]
    let asked = parts.flatMap(\.entries).compactMap { entry -> String? in
      guard case .intended(let intent) = entry.fact, case .http(let request) = intent.operation else { return nil }
      return request.line
    }
    let others = asked.isEmpty ? "nothing was asked by http" : "the first request was \(asked[0])"
    return Problem(
      "no request took answer \(number) of http in \(trial.word): \(reply.method.map { "\($0.rawValue) " } ?? "")\(reply.url)",
      fix: "\(others); optional = true in it allows that")
  }

  private func problem(ofAnswer number: Int) -> Problem {
    let answer = trial.answers[number - 1]
    let place = answer.host.map { " on \($0)" } ?? ""
    let lines = parts.flatMap(\.entries).compactMap { entry -> String? in
      if case .intended(let intent) = entry.fact { TrialStory.line(of: intent.operation) } else { nil }
    }
    let near = NearMatch.of(answer.part, among: lines).map { "did you mean \"\($0)\"? " } ?? ""
    return Problem(
      "nothing took answer \(number) of \(trial.word): no command or check\(place) had \"\(answer.part)\" in its line",
      fix: near + "optional = true in it allows that")
  }

  private var gatesThatNeverOpened: [Problem] {
    let opened = parts.flatMap(\.entries).compactMap { entry in
      if case .noted(.gateOpened(_, let gate)) = entry.fact { gate.name } else { nil }
    }
    return trial.gates.map(\.name).filter { name in !opened.contains { $0.isExactly(name) } }.map { name in
      let names = opened.reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
      let near = NearMatch.of(name, among: names).map { "did you mean \"\($0)\"?" }
      return Problem(
        "\(trial.word) answers a gate \"\(name)\", and none of that name opened",
        fix: near ?? (names.isEmpty ? "no gate opened" : "gates that opened: " + names.joined(separator: ", ")))
    }
  }

  private var failuresThatNeverCame: [Problem] {
    guard let part = parts.first else { return [] }
    let release = part.plan.content.release?.id
    return trial.failing.compactMap { member in
      let event = member.value.text.flatMap(LifecycleEvent.init)
      let isMet = part.entries.contains { entry in
        guard case .intended(let intent) = entry.fact, case .host(let number) = intent.place else { return false }
        guard intent.site.event == event, intent.site.release == release else { return false }
        return part.plan.name(ofHost: number).isExactly(member.name) && TrialStory.mayFail(intent.operation)
      }
      guard !isMet, let event else { return nil }
      let fix =
        event.concernsPrevious
        ? "\(event.rawValue) stops the earlier release: answers of \(trial.word) say what its commands do"
        : "a command or check in a hook of \(event.rawValue) can fail, if the deployment comes that far on \(member.name)"
      let message = "\(member.name) was to fail in \(event.rawValue), and nothing of the new release that can fail ran there then"
      return Problem(message, fix: fix)
    }
  }
}
