import DeployDesk
import DeployModel
import DeployReport

extension PlanReport {
  /// A plan as the desk made it.
  init(_ planned: PlannedDeployment) {
    let rehearsal = planned.rehearsal
    self.init(planned.plan, rehearsal: rehearsal.good, failure: rehearsal.bad, findings: rehearsal.findings, loops: rehearsal.loops)
    installation = planned.installation
  }
}

extension HistoryReport {
  /// Deployments as the journal has them.
  init(_ deployments: some Sequence<DeploymentSummary>) { self.init(deployments.map(\.line)) }
}

extension DeploymentSummary {
  /// As a line of the history.
  fileprivate var line: HistoryLine {
    let verb =
      switch kind {
      case .deploy: ""
      case .rollback: "rollback of "
      }
    let (word, style, next): (String, Surface.Style, String?) =
      switch state {
      case .running: ("running", .warn, nil)
      case .interrupted: ("interrupted", .warn, "lander resume \(id)")
      case .damaged: ("damaged", .bad, "lander audit \(id)")
      case .concluded(.succeeded): ("succeeded", .good, nil)
      case .concluded(.partial): ("partial", .warn, nil)
      case .concluded(let status): (status.rawValue, status == .cancelled ? .warn : .bad, nil)
      }
    return HistoryLine(
      id: id, began: began, what: verb + (recipe == application ? recipe : "\(recipe) of \(application)"), group: group,
      revision: bundle?.short ?? "", hosts: hosts, actor: actor, state: word, style: style, next: next)
  }
}

extension VerifyReport {
  /// A group as the desk compared it.
  init(_ group: VerifiedGroup) { self.init(recipe: group.recipe, group: group.group, hosts: group.hosts) }
}

extension StatusReport {
  /// Hosts as a survey found them.
  init(_ found: Surveyed, now: Timestamp) {
    self.init("\(found.recipe) on \(found.group)", hosts: found.named.map { ($0.host.name, $0.survey) }, now: now)
  }
}
