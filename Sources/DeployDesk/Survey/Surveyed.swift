package import DeployCore
import DeployEngine
package import DeployModel

/// A group's hosts with the recipe that deploys to them, and their surveys.
package struct Surveyed: Sendable {
  package var selection: Selection
  /// The surveys, by host number.
  package var surveys: [Survey]
  /// The surveys of the recipe's partners, in their order; empty: the partners were not surveyed.
  package var partners: [Survey] = []

  package init(selection: Selection, surveys: [Survey]) {
    self.selection = selection
    self.surveys = surveys
  }

  /// Name of the recipe.
  package var recipe: String { selection.recipe.name }
  /// Name of the group.
  package var group: String { selection.group }
  /// Every host with what is known of it, in the order of the group.
  package var named: [(host: Host, survey: Survey)] { Array(zip(selection.hosts, surveys)) }
  /// Number of hosts that did not answer.
  package var unreachable: Int { surveys.count(where: \.isUnreachable) }

  /// Number of different hosts that did not answer. A host of several groups counts once.
  package static func away(in all: [Surveyed]) -> Int {
    var seen: [Host] = []
    for case (let host, .unreachable) in all.flatMap(\.named) where !seen.contains(where: { $0.isNamed(as: host) }) { seen.append(host) }
    return seen.count
  }
}

extension Host {
  /// Whether both have the same name and address.
  fileprivate func isNamed(as other: Host) -> Bool {
    name.isExactly(other.name) && (address ?? "").isExactly(other.address ?? "") && port == other.port
  }
}

extension Surveyed {
  /// Why `lander rollback` of these hosts would be refused now; nil: no obstacle is known.
  /// - Parameter open: deployments of this journal that are not over; their locks are not taken over, however old they are.
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
}

extension Desk {
  /// Surveys every host of a selection, and names the hosts that it waits for. Changes nothing there.
  package func survey(_ selection: Selection) async -> Surveyed {
    Surveyed(selection: selection, surveys: await AnswerWatch.survey(selection, by: self).surveys)
  }

  /// Surveys the hosts of a selection and the recipe's partners.
  package func surveyWithPartners(_ selection: Selection) async -> Surveyed {
    let preparation = await AnswerWatch.survey(selection, partners: true, by: self)
    var surveyed = Surveyed(selection: selection, surveys: preparation.surveys)
    surveyed.partners = preparation.partners
    return surveyed
  }

  /// Surveys the hosts of a selection, with the earlier releases that they keep.
  package func surveyKept(_ selection: Selection) async -> Surveyed {
    Surveyed(selection: selection, surveys: await AnswerWatch.survey(selection, deep: true, by: self).surveys)
  }

  /// Surveys the hosts of a selection for a plan, with the recipes of the releases that hosts run.
  /// - Parameter deep: whether to include the earlier releases that hosts keep.
  func ask(_ selection: Selection, deep: Bool = false) async -> Preparation {
    let count = selection.hosts.count
    tell(.remark("Asking \(count.of("host")) what \(count == 1 ? "it runs" : "they run") …"))
    return await AnswerWatch.survey(selection, deep: deep, partners: true, by: self)
  }
}
