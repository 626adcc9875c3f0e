import DeployDesk
import DeployModel
import DeployReport

extension PlanReport {
  /// Makes the report on a plan that the desk made.
  init(_ planned: PlannedDeployment) {
    let rehearsal = planned.rehearsal
    self.init(planned.plan, rehearsal: rehearsal.good, failure: rehearsal.bad, findings: rehearsal.findings, loops: rehearsal.loops)
    installation = planned.installation
  }
}

extension HistoryReport {
  /// Makes the report of deployments of the journal.
  init(_ deployments: some Sequence<DeploymentSummary>) { self.init(deployments.map(\.line)) }
}

extension DeploymentSummary {
  /// The deployment as a line of the history.
  fileprivate var line: HistoryLine {
    let verb = kind.words.prefix
    let (word, style, next): (String, Surface.Style, String?) =
      switch state {
      case .running where pause != nil: ("paused", .warn, "lander resume \(id)")
      case .running: ("running", .warn, nil)
      case .interrupted where parked != nil: ("parked", .warn, nil)
      case .interrupted: ("interrupted", .warn, "lander resume \(id)")
      case .superseded where isElsewhere, .concluded where isElsewhere: ("ended elsewhere", .dim, nil)
      case .superseded(let by): ("superseded" + (by.map { " by \($0)" } ?? ""), .dim, nil)
      case .damaged: ("damaged", .bad, "lander audit \(id)")
      case .concluded(.succeeded) where notRestored == 0: ("succeeded", .good, nil)
      case .concluded(.partial) where notRestored == 0: ("partial", .warn, nil)
      case .concluded(let status): (end ?? status.rawValue, status == .cancelled ? .warn : .bad, nil)
      }
    var line = HistoryLine(
      id: id, began: began, what: verb + (recipe == application ? recipe : "\(recipe) of \(application)"), group: group,
      revision: bundle?.short ?? "", hosts: hosts, actor: actor, state: word, style: style, next: next, pause: pause)
    line.kind = kind.words
    return line
  }
}

extension VerifyReport {
  /// Makes the report on a group that the desk compared.
  init(_ group: VerifiedGroup) { self.init(recipe: group.recipe, group: group.group, hosts: group.hosts) }
}

extension StatusReport {
  /// Makes the report on hosts from a survey.
  /// - Parameter past: the deployments that were made from here, or an empty list if the report does not need them.
  init(_ found: Surveyed, after past: [DeploymentSummary] = [], now: Timestamp) {
    self.init("\(found.recipe) on \(GroupName(found.group).words)", hosts: found.named.map { ($0.host.name, $0.survey) }, now: now)
    register = found.register
    open = past.filter { $0.isOpen && $0.recipe == found.recipe && $0.group == found.group }
    noWayBack = found.noWayBack(while: open)
  }
}
