import DeployCore
import DeployEngine
import DeployModel

/// The questions to the hosts of several selections. A host often belongs to several recipes. Such a host is asked once for each different
/// place that its recipes use.
struct SurveyRound: Sendable {
  /// A host, and what it is asked.
  struct Asked: Sendable {
    var host: Host
    var questions: [Question]
  }
  /// Everything that a survey depends on, apart from the host. `group` makes no difference, because the same release runs at a path for all
  /// groups.
  struct Question: Sendable {
    var path: String
    var application: String
    var shared: [String]
    var group: String
  }
  /// The number of a host in `hosts`, and the number of a question in its `questions`.
  private struct Place { var host: Int, question: Int }

  /// The hosts, each once, in the order of the selections.
  private(set) var hosts: [Asked] = []
  /// For each selection, where to find the answer of each of its hosts.
  private var places: [[Place]] = []

  init(_ selections: [Selection]) {
    var numbers: [[ExactText?]: Int] = [:]
    for selection in selections {
      let recipe = selection.recipe
      places.append(
        selection.hosts.map { host in
          let number = numbers[host.identity] ?? hosts.count
          if number == hosts.count {
            numbers[host.identity] = number
            hosts.append(Asked(host: host, questions: []))
          }
          let question = Question(
            path: host.place(recipe.placement.path), application: recipe.application, shared: recipe.placement.shared,
            group: selection.group)
          let known = hosts[number].questions.firstIndex { $0.isAnswered(with: question) }
          if known == nil { hosts[number].questions.append(question) }
          return Place(host: number, question: known ?? hosts[number].questions.count - 1)
        })
    }
  }

  /// Asks all hosts.
  /// - Parameter answered: called with the number of each host that has answered all of its questions.
  /// - Returns: for each selection, the surveys of its hosts, in the order of the hosts.
  func ask(_ transport: any Transport, answered: @Sendable (Int) -> Void) async -> [[Survey]] {
    var answers: [[Survey]] = hosts.map { _ in [] }
    await withTaskGroup(of: (Int, [Survey]).self) { group in
      for (number, asked) in hosts.enumerated() {
        if number >= Preparation.width, let (done, surveys) = await group.next() {
          answers[done] = surveys
          answered(done)
        }
        group.addTask { (number, await asked.ask(transport)) }
      }
      for await (done, surveys) in group {
        answers[done] = surveys
        answered(done)
      }
    }
    return places.map { $0.map { answers[$0.host][$0.question] } }
  }
}

extension SurveyRound.Asked {
  /// Asks the questions one after the other, because the clock of a host that is busy with another question would seem to be slow. A host
  /// that cannot be reached is not asked again.
  fileprivate func ask(_ transport: any Transport) async -> [Survey] {
    var surveys: [Survey] = []
    for question in questions {
      if case .unreachable(let failure)? = surveys.last, failure.kind == .unreachable {
        surveys.append(.unreachable(failure))
        continue
      }
      surveys.append(
        await transport.survey(
          host, at: question.path, application: question.application, group: question.group, shared: question.shared))
    }
    return surveys
  }
}

extension SurveyRound.Question {
  /// Whether the answer to the other question is also the answer to this one.
  fileprivate func isAnswered(with other: Self) -> Bool {
    path.isExactly(other.path) && application.isExactly(other.application)
      && shared.map { ExactText($0) } == other.shared.map { ExactText($0) }
  }
}

extension Host {
  /// The values that determine how the host is reached and what it is called in messages.
  fileprivate var identity: [ExactText?] {
    ([name, transport, address, port.map(String.init), user] + (argv ?? [])).map { $0.map { ExactText($0) } }
  }
}
