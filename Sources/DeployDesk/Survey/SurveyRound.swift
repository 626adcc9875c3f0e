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

  /// The hosts and partners, each once, in the order of the selections.
  private(set) var hosts: [Asked] = []
  private let selections: [Selection]
  /// For each selection, where to find the answers of its hosts and of its partners.
  private var places: [(hosts: [Place], partners: [Place])] = []
  private let isDeep: Bool
  /// The number of each host in `hosts`, by the host's identity.
  private var numbers: [[ExactText?]: Int] = [:]

  /// - Parameters:
  ///   - isDeep: whether to ask for the earlier releases that hosts keep too.
  ///   - partners: whether to ask the recipes' partners too.
  init(_ selections: [Selection], isDeep: Bool = false, partners: Bool = false) {
    (self.selections, self.isDeep) = (selections, isDeep)
    for selection in selections {
      let (recipe, group) = (selection.recipe, selection.group)
      let own = selection.hosts.map { host in
        place(
          host,
          Question(
            path: host.place(recipe.placement.path), application: recipe.application, shared: recipe.placement.shared, group: group))
      }
      let others = (partners ? selection.partners : []).map { partner in
        place(partner.host, Question(path: partner.path, application: recipe.application, shared: [], group: group))
      }
      places.append((own, others))
    }
  }

  /// Adds a question to a host, unless the host already has one with the same answer.
  private mutating func place(_ host: Host, _ question: Question) -> Place {
    let number = numbers[host.identity] ?? hosts.count
    if number == hosts.count {
      numbers[host.identity] = number
      hosts.append(Asked(host: host, questions: []))
    }
    let known = hosts[number].questions.firstIndex { $0.isAnswered(with: question) }
    if known == nil { hosts[number].questions.append(question) }
    return Place(host: number, question: known ?? hosts[number].questions.count - 1)
  }

  /// Asks all hosts.
  /// - Parameter answered: called with the number of each host that has answered all of its questions.
  /// - Returns: the result for each selection, in order.
  func ask(_ transport: any Transport, answered: @Sendable (Int) -> Void) async -> [Surveyed] {
    var answers: [[Survey]] = hosts.map { _ in [] }
    await withTaskGroup(of: (Int, [Survey]).self) { group in
      for (number, asked) in hosts.enumerated() {
        if number >= Preparation.width, let (done, surveys) = await group.next() {
          answers[done] = surveys
          answered(done)
        }
        group.addTask { [isDeep] in (number, await asked.ask(transport, isDeep: isDeep)) }
      }
      for await (done, surveys) in group {
        answers[done] = surveys
        answered(done)
      }
    }
    return zip(selections, places).map { selection, place in
      var surveyed = Surveyed(selection: selection, surveys: place.hosts.map { answers[$0.host][$0.question] })
      surveyed.partners = place.partners.map { answers[$0.host][$0.question] }
      return surveyed
    }
  }
}

extension SurveyRound.Asked {
  /// Asks the questions one after the other, because the clock of a host that is busy with another question would seem to be slow. A host
  /// that cannot be reached is not asked again.
  fileprivate func ask(_ transport: any Transport, isDeep: Bool) async -> [Survey] {
    var surveys: [Survey] = []
    for question in questions {
      if case .unreachable(let failure)? = surveys.last, failure.kind == .unreachable {
        surveys.append(.unreachable(failure))
        continue
      }
      let survey = await transport.survey(
        host, at: question.path, application: question.application, group: question.group, shared: question.shared)
      surveys.append(
        isDeep ? await transport.deepened(survey, of: host, at: question.path, application: question.application) : survey)
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
  var identity: [ExactText?] {
    ([name, transport, address, port.map(String.init), user] + (argv ?? [])).map { $0.map { ExactText($0) } }
  }
}
