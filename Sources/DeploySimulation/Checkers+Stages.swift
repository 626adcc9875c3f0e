import DeployCore
import DeployModel

/// A stage that has a mark on hosts and has run a command.
struct StageRun: Sendable {
  var deployment: Deployment.ID
  var stage: String
  var revision: Digest
  /// The intent of the stage's last command.
  var intent: Int
  /// Whether a command failed and its outcome is known, so that the stage is allowed to run again.
  var failed = false
  /// Whether it is unclear if a command was completed.
  var isUnknown = false
}

/// A function that undoes a stage and has run commands.
struct UndoRun: Sendable {
  var deployment: Deployment.ID
  var stage: String
  var revision: Digest
  var lines: [String] = []
}

/// Checks the rules for stages with a mark on hosts: a stage runs once (*once*), even if nobody knows how it ended, and no host goes back
/// past a stage that cannot be undone (P7).
extension Checkers {
  /// Handles the start of a command on a host. If the deployment has already started a command of this stage, both commands belong to the
  /// same run.
  mutating func stageRan(_ host: Int, _ hosts: [SimulatedHost], _ change: HostChange) {
    guard let job = hosts[host].jobs.index(of: change.intent, in: change.deployment),
      let name = hosts[host].jobs[job].intent.site.stage, hosts[host].jobs[job].intent.site.event == nil,
      let engine = watch(of: change.deployment), let terms = watches[engine].plan.flow.stages.first(where: { $0.name == name })?.terms
    else { return }
    let plan = watches[engine].plan
    if let undo = terms.undoes { return undoRan(engine, host, undo.mark, hosts[host].jobs[job].intent, hosts) }
    let revision = plan.content.inputs.bundle
    if terms.irreversible == true, let now = watches[engine].weights?.now {
      watches[engine].weights = (now, now)
    }
    if let own = stageRuns.firstIndex(where: { $0.deployment == plan.id && $0.stage == name }) {
      stageRuns[own].intent = change.intent
      return
    }
    let earlier = stageRuns.last { $0.stage == name && $0.revision == revision && !$0.failed && !isUndone($0) }
    if terms.once == .revision, terms.settled != .again {
      check(
        earlier == nil, "once", host: host,
        "stage \(name) ran in \(plan.id), and had run for the same revision in \(earlier?.deployment.rawValue ?? "none")")
    }
    undoRuns.removeAll { $0.stage == name && $0.revision == revision }
    stageRuns.append(StageRun(deployment: plan.id, stage: name, revision: revision, intent: change.intent))
  }

  /// Returns whether the change was requested by a stage, and not by a lifecycle event of the host.
  func isOfStage(_ now: SimulatedHost, _ change: HostChange) -> Bool {
    guard let job = now.jobs.index(of: change.intent, in: change.deployment) else { return false }
    let site = now.jobs[job].intent.site
    return site.stage != nil && site.event == nil
  }

  private func isUndone(_ run: StageRun) -> Bool { undoRuns.contains { $0.stage == run.stage && $0.revision == run.revision } }

  /// *undo*: handles the start of a command that undoes a stage. The stage is undone only once, and no host runs a release that does not
  /// fit the undone state.
  private mutating func undoRan(_ engine: Int, _ host: Int, _ mark: StageMark, _ intent: Intent, _ hosts: [SimulatedHost]) {
    let watch = watches[engine]
    let line = if case .run(let command) = intent.operation { command.line } else { intent.operation.verb }
    let index = undoRuns.firstIndex { $0.stage == mark.stage && $0.revision == mark.revision }
    check(
      index.map { !undoRuns[$0].lines.contains(line) } ?? true, "undo", host: host,
      "stage \(mark.stage) was undone in \(watch.plan.id), and had been undone since it ran")
    if let index {
      undoRuns[index].lines.append(line)
    } else {
      undoRuns.append(UndoRun(deployment: watch.plan.id, stage: mark.stage, revision: mark.revision, lines: [line]))
    }
    let place = intent.site.release
    let isInPlace = place.map { id in hosts.contains { $0.releases.contains { $0.release.id == id && $0.release.bundle == mark.revision } }
    }
    check(
      isInPlace ?? true, "undo", host: host,
      "stage \(mark.stage) was undone in release \(place?.rawValue ?? "none"), and it ran for another one")
    switch mark.undo {
    case .after:
      let left = watch.fleet.filter { number in
        hosts[number].releases.contains { $0.release.id == hosts[number].current && $0.release.bundle == mark.revision }
      }
      check(left.isEmpty, "undo", host: host, "stage \(mark.stage) was undone while \(left.count) hosts ran its revision")
    case .before, nil:
      let gone = watch.plan.hosts.indices.filter { number in
        watch.plan.hosts[number].action == .change && hosts[watch.fleet[number]].current != watch.current[number]
      }
      check(gone.isEmpty, "undo", host: host, "\(gone.count) hosts had gone back before stage \(mark.stage) was undone")
    }
  }

  /// *undo*: if all hosts of a failed deployment have been rolled back, each of its stages that can be undone was undone.
  mutating func wasUndone(_ engine: Int, _ conclusion: Conclusion, _ hosts: [SimulatedHost]) {
    let watch = watches[engine]
    if conclusion.status == .succeeded {
      for undo in watch.plan.undone {
        let ran = undoRuns.contains { $0.stage == undo.mark.stage && $0.revision == undo.mark.revision }
        check(ran, "undo", "\(watch.plan.id) has succeeded, and stage \(undo.mark.stage) was not undone")
      }
    }
    guard watch.plan.kind == .deploy, conclusion.status == .failed || conclusion.status == .cancelled, watch.plan.flow.goesBack,
      conclusion.irreversible == nil, conclusion.error?.failure.kind != .fenced
    else { return }
    let staying = conclusion.hosts.indices.contains { number in
      switch conclusion.hosts[number] {
      case .succeeded: !conclusion.rollback.contains(number)
      case .pending, .restored, .untouched, .leftOut, .kept: false
      default: true
      }
    }
    let runs = stageRuns.filter { $0.deployment == watch.plan.id }
    guard !staying, !runs.contains(where: \.isUnknown) else { return }
    for run in runs where watch.plan.flow.stages.contains(where: { $0.name == run.stage && $0.terms?.undo != nil }) {
      check(
        conclusion.undo?.contains { $0.mark.stage == run.stage } == true, "undo",
        "\(watch.plan.id) has failed, its hosts go back, and stage \(run.stage) stays")
    }
  }

  /// Handles the end of a command of a stage.
  mutating func stageAnswered(_ engine: Int, _ intent: Int, _ outcome: Outcome) {
    let id = watches[engine].plan.id
    guard let run = stageRuns.firstIndex(where: { $0.deployment == id && $0.intent == intent }) else { return }
    switch outcome.failure?.kind {
    case .command, .timeout, .cancelled, .unhealthy: stageRuns[run].failed = true
    case nil: break
    default: stageRuns[run].isUnknown = true
    }
  }

  /// P7: a host does not go back past a stage that cannot be undone.
  mutating func isBarred(_ engine: Int, _ host: Int) {
    let stage = barrier(engine)
    check(stage == nil, "P7", host: host, "it goes back behind stage \(stage ?? ""), which cannot be undone")
  }

  /// P7: a deployment does not end with hosts that would have to go back past a stage that cannot be undone.
  mutating func wayForward(_ engine: Int, _ conclusion: Conclusion) {
    let stage = barrier(engine)
    check(
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
