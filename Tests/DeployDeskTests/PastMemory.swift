import DeployCore
import DeployDesk
import DeployModel
import DeployReport
import DeploySimulation

/// A journal in memory that tests can read afterwards.
final class PastMemory: PastJournal {
  private let inner = MemoryJournal()

  func append(_ entries: [Entry], to deployment: Deployment.ID) async throws(Failure) { try await inner.append(entries, to: deployment) }
  func spool(_ chunk: OutputChunk, of deployment: Deployment.ID) async { await inner.spool(chunk, of: deployment) }
  func claim(_ deployment: Deployment.ID) -> (any DeploymentClaim)? { inner.claim(deployment) }

  /// Lets this number of appends succeed, and makes all later ones fail.
  func fail(after appends: Int, with failure: Failure) { inner.fail(after: appends, with: failure) }

  func entries(of deployment: Deployment.ID) async -> JournalReading {
    JournalReading(deployment: deployment, entries: inner.entries(of: deployment))
  }

  func entries(of deployment: Deployment.ID, from first: Int) async -> JournalReading {
    JournalReading(deployment: deployment, entries: Array(inner.entries(of: deployment).dropFirst(first)))
  }

  /// Whether a wave of a deployment has begun.
  func hasBegunWave(of deployment: Deployment.ID) async -> Bool {
    inner.entries(of: deployment).contains { if case .noted(.waveBegan) = $0.fact { true } else { false } }
  }

  func deployments() async -> [DeploymentSummary] { inner.deployments.reversed().compactMap(summary) }

  func verify(_ deployment: Deployment.ID?) async -> [ChainVerdict] {
    inner.deployments.filter { deployment == nil || deployment == $0 }.map {
      ChainVerdict(deployment: $0, entries: inner.entries(of: $0).count, head: Digest(hex: "00"))
    }
  }

  func sequence(of chain: Digest, in deployment: Deployment.ID) async -> Int? { nil }

  func output(of deployment: Deployment.ID, place: Place, intent: Int, stream: OutputChunk.Stream, from offset: Int, limit: Int) -> [UInt8]
  {
    let all = inner.output.filter { $0.intent == intent && $0.place == place && $0.stream == stream }.flatMap(\.bytes)
    return Array(all.dropFirst(offset).prefix(limit))
  }

  /// Returns the summary that the real store would give.
  private func summary(_ id: Deployment.ID) -> DeploymentSummary? {
    let entries = inner.entries(of: id)
    guard let first = entries.first, let last = entries.last, case .planned(let plan) = first.fact else { return nil }
    var state = inner.claimed.contains(id) ? DeploymentSummary.State.running : .interrupted
    var (notRestored, isElsewhere) = (0, false)
    if case .concluded(let conclusion) = last.fact {
      let owes = plan.kind == .deploy && conclusion.owesWayBack && !inner.deployments.contains { kind(of: $0) == .rollback(of: id) }
      isElsewhere = conclusion.isElsewhere == true
      if !owes { (state, notRestored) = (.concluded(conclusion.status), conclusion.hosts.count(where: \.isRestoreFailed)) }
    }
    var summary = DeploymentSummary(
      id: id, application: plan.subject.application, recipe: plan.subject.recipe, group: plan.subject.group, kind: plan.kind,
      actor: plan.origin.actor, bundle: plan.content.bundle?.digest, hosts: plan.hosts.count, began: first.at, lastEntry: last.at,
      entries: entries.count, state: state,
      pause: state == .running || state == .interrupted ? DeploymentStory(entries).pause : nil)
    (summary.notRestored, summary.isElsewhere) = (notRestored, isElsewhere)
    if state == .interrupted { summary.parked = DeploymentStory(entries).parked?.until }
    return summary
  }

  private func kind(of id: Deployment.ID) -> Plan.Kind? {
    guard case .planned(let plan)? = inner.entries(of: id).first?.fact else { return nil }
    return plan.kind
  }
}
