package import DeployCore
import DeployEngine
package import DeployModel

/// The hosts of a group, the recipe that deploys to them, and the hosts' surveys.
package struct Surveyed: Sendable {
  package var selection: Selection
  /// The survey of each host. The index is the host's number.
  package var surveys: [Survey]
  /// The surveys of the recipe's partners, in order, or empty if they were not surveyed.
  package var partners: [Survey] = []

  package init(selection: Selection, surveys: [Survey]) {
    self.selection = selection
    self.surveys = surveys
  }

  /// The recipe's name.
  package var recipe: String { selection.recipe.name }
  /// The group's name.
  package var group: String { selection.group }
  /// Each host with its survey, in the order of the group.
  package var named: [(host: Host, survey: Survey)] { Array(zip(selection.hosts, surveys)) }
  /// The group's register and its survey, or nil if it was not surveyed.
  package var register: (name: String, survey: Survey)? {
    zip(selection.partners, partners).first { $0.0.isOnlyRegister }.map { ($0.host.name, $1) }
  }
  /// The number of hosts that did not answer.
  package var unreachable: Int { surveys.count(where: \.isUnreachable) }

  /// Returns the number of different hosts that did not answer. A host in several groups counts once.
  package static func away(in all: [Surveyed]) -> Int {
    var seen: [Host] = []
    for case (let host, .unreachable) in all.flatMap(\.named) where !seen.contains(where: { $0.isNamed(as: host) }) { seen.append(host) }
    return seen.count
  }

  /// Returns why hosts did not answer, and which of Lander's own files on them are damaged. A problem of several groups comes once.
  package static func failures(in all: [Surveyed]) -> [Problem] {
    var problems: [Problem] = []
    for (host, survey) in all.flatMap(\.named) {
      let problem: Problem?
      if case .unreachable(let failure) = survey {
        problem = failure.problem(of: host.name)
      } else {
        problem = survey.damage(of: host.name)
      }
      if let problem, !problems.contains(problem) { problems.append(problem) }
    }
    return problems
  }
}

extension Surveyed {
  /// Returns what was found at each place of each host. A place that several selections have in common comes once, and a host that is
  /// unreachable comes once. The places of a host are next to each other.
  package static func places(of all: [Surveyed]) -> [FoundPlace] {
    var found: [[FoundPlace]] = []
    var numbers: [[ExactText?]: Int] = [:]
    for one in all {
      for (host, survey) in one.named {
        let place = FoundPlace(host: host, path: host.place(one.selection.recipe.placement.path), survey: survey)
        let number = numbers[host.identity] ?? found.count
        if number == found.count {
          numbers[host.identity] = number
          found.append([])
        }
        let isKnown = found[number].contains { $0.path.isExactly(place.path) || $0.isAway && place.isAway }
        if !isKnown { found[number].append(place) }
      }
    }
    return found.flatMap(\.self)
  }
}

extension Host {
  /// Whether both hosts have the same name, address and port.
  fileprivate func isNamed(as other: Host) -> Bool {
    name.isExactly(other.name) && (address ?? "").isExactly(other.address ?? "") && port == other.port
  }
}

extension Surveyed {
  /// Returns why `lander rollback` would be refused for these hosts now, or nil if no reason is known.
  /// - Parameter open: the deployments in this journal that have not ended. A rollback does not take over their locks, even if the locks'
  ///   leases have ended.
  package func noWayBack(while open: [DeploymentSummary]) -> Problem? {
    for case .reached(let state) in surveys {
      guard let lock = state.lock, open.contains(where: { $0.id == lock.deployment }) else { continue }
      return Problem("deployment \(lock.deployment) holds the lock")
    }
    return RollbackPlanner.refusal(selection, surveys)
  }
}

extension Survey {
  /// Whether the host did not answer.
  package var isUnreachable: Bool { if case .unreachable = self { true } else { false } }

  /// Returns which of Lander's own files is damaged on a host that answered, or nil if none is known to be.
  package func damage(of host: String) -> Problem? {
    guard case .reached(let state) = self, let failure = state.hindrance, failure.kind == .corrupt else { return nil }
    return failure.problem(of: host)
  }
}

extension Desk {
  /// Surveys every host of a selection, and reports the hosts that have not answered. Nothing changes on the hosts.
  package func survey(_ selection: Selection) async -> Surveyed {
    await survey([selection])[0]
  }

  /// Surveys the hosts of several selections, each host once, and reports the hosts that have not answered. Nothing changes on the hosts.
  /// - Returns: the result for each selection, in the order of the selections.
  package func survey(_ selections: [Selection]) async -> [Surveyed] {
    await AnswerWatch.survey(SurveyRound(selections), by: self)
  }

  /// Surveys the hosts of several selections, the recipes' partners, and the groups' registers, as `survey` does.
  package func surveyWithPartners(_ selections: [Selection]) async -> [Surveyed] {
    await AnswerWatch.survey(SurveyRound(selections.map(\.withRegister), partners: true), by: self)
  }

  /// Surveys the hosts of several selections and the groups' registers, as `survey` does.
  package func surveyWithRegisters(_ selections: [Selection]) async -> [Surveyed] {
    await AnswerWatch.survey(SurveyRound(selections.map(\.withOnlyRegister), partners: true), by: self)
  }

  /// Surveys the hosts of several selections, as `survey` does, including the earlier releases that the hosts keep.
  package func surveyKept(_ selections: [Selection]) async -> [Surveyed] {
    await AnswerWatch.survey(SurveyRound(selections, isDeep: true), by: self)
  }

  /// Surveys the hosts of a selection for a plan, and loads the recipes of the releases that the hosts run.
  /// - Parameter deep: whether to include the earlier releases that the hosts keep.
  func ask(_ selection: Selection, deep: Bool = false) async -> Preparation {
    let count = selection.hosts.count
    tell(.remark("Asking \(count.of("host")) what \(count == 1 ? "it runs" : "they run") …"))
    return await AnswerWatch.survey(selection, deep: deep, partners: true, by: self)
  }
}
