import DeployCore
import DeployModel

/// A stage that hosts remember, and that ran a command.
struct StageRun: Sendable {
  var deployment: Deployment.ID
  var stage: String
  var revision: Digest
  /// The last command's.
  var intent: Int
  /// Whether a command failed with a known end, so that the stage may run again.
  var failed = false
}

/// What must hold of stages that hosts remember: no guess runs one a second time (*once*), and nothing goes back past one that cannot be
/// undone (P7).
extension Checkers {
  /// A command was started on a host. A second command of one deployment belongs to the same run.
  mutating func stageRan(_ host: Int, _ now: SimulatedHost, _ change: HostChange) {
    guard let engine = watches.firstIndex(where: { $0.plan.id == change.deployment }),
      let job = now.jobs.index(of: change.intent, in: change.deployment), let name = now.jobs[job].intent.site.stage,
      now.jobs[job].intent.site.event == nil, let terms = watches[engine].plan.flow.stages.first(where: { $0.name == name })?.terms
    else { return }
    let plan = watches[engine].plan
    let revision = plan.content.inputs.bundle
    if terms.irreversible == true, let now = watches[engine].weights?.now {
      watches[engine].weights = (now, now)
    }
    if let own = stageRuns.firstIndex(where: { $0.deployment == plan.id && $0.stage == name }) {
      stageRuns[own].intent = change.intent
      return
    }
    let earlier = stageRuns.last { $0.stage == name && $0.revision == revision && !$0.failed }
    if terms.once == .revision, terms.settled != .again {
      look(
        earlier == nil, "once", host: host,
        "stage \(name) ran in \(plan.id), and had run for the same revision in \(earlier?.deployment ?? "none")")
    }
    stageRuns.append(StageRun(deployment: plan.id, stage: name, revision: revision, intent: change.intent))
  }

  /// Whether a stage asked for that change, and no lifecycle event of the host.
  func isOfStage(_ now: SimulatedHost, _ change: HostChange) -> Bool {
    guard let job = now.jobs.index(of: change.intent, in: change.deployment) else { return false }
    let site = now.jobs[job].intent.site
    return site.stage != nil && site.event == nil
  }

  /// A command of a stage ended.
  mutating func stageAnswered(_ engine: Int, _ intent: Int, _ outcome: Outcome) {
    let id = watches[engine].plan.id
    guard let run = stageRuns.firstIndex(where: { $0.deployment == id && $0.intent == intent }) else { return }
    switch outcome.failure?.kind {
    case .command, .timeout, .cancelled, .unhealthy: stageRuns[run].failed = true
    default: break
    }
  }

  /// P7: a host does not go back past a stage that cannot be undone.
  mutating func isBarred(_ engine: Int, _ host: Int) {
    let stage = barrier(engine)
    look(stage == nil, "P7", host: host, "it goes back behind stage \(stage ?? ""), which cannot be undone")
  }

  /// The same for a deployment at its end.
  mutating func wayForward(_ engine: Int, _ conclusion: Conclusion) {
    let stage = barrier(engine)
    look(
      stage == nil || conclusion.rollback.isEmpty, "P7",
      "\(conclusion.rollback.count) hosts are to go back behind stage \(stage ?? ""), which cannot be undone")
  }

  private func barrier(_ engine: Int) -> String? {
    let plan = watches[engine].plan
    return stageRuns.first { run in
      run.deployment == plan.id && plan.flow.stages.contains { $0.name == run.stage && $0.terms?.irreversible == true }
    }?.stage
  }
}
