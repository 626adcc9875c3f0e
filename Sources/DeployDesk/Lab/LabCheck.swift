import DeployCore
import DeployModel

/// Checks throwaway hosts against Lander's promises after a deployment.
struct LabCheck {
  let desk: Desk
  let project: LoadedProject
  let request: DeploymentRequest
  /// Whether it is a problem if a host could not be restored. If false, the test itself says what it expects of its hosts.
  var demandsRestored = true

  /// Returns each broken promise.
  /// - Parameters:
  ///   - part: the last deployment, which has ended.
  ///   - bundle: the revision that every host has to serve, except for slots that keep their old revision on purpose. If nil, the
  ///     deployment determines the revision.
  func problems(after part: TrialPart, serving bundle: Digest?) async throws -> [Problem] {
    let selection = try project.project.selection(recipe: request.recipe, group: request.group)
    let found = await desk.surveyWithPartners([selection])[0]
    var problems: [Problem] = []
    for (number, (host, survey)) in found.named.enumerated() {
      guard case .reached(let state) = survey else {
        problems.append(Problem("it does not answer any more", subject: host.name))
        continue
      }
      let status = part.conclusion.flatMap { $0.hosts.indices.contains(number) ? $0.hosts[number] : nil }
      problems += left(on: host, state, status) + self.problems(of: host, state, status, in: part, serving: bundle)
    }
    for case .reached(let state) in found.partners where state.lock != nil {
      problems.append(Problem("a partner is still locked by deployment \(state.lock?.deployment.rawValue ?? "")"))
    }
    return problems
  }

  /// Returns a problem for each thing that is left on the host although the deployment should have removed it.
  private func left(on host: Host, _ state: HostState, _ status: HostStatus?) -> [Problem] {
    var problems: [Problem] = []
    func add(_ message: String) { problems.append(Problem(message, subject: host.name)) }
    if status?.isUnsettled == true {
      if demandsRestored { add("it was not restored, and nobody knows whether it serves") }
      return problems
    }
    if let lock = state.lock { add("it is still locked by deployment \(lock.deployment)") }
    for job in state.jobs { add("a command still runs: \(job.command)") }
    if state.isUnsettled || state.runsUnrecordedRelease { add("its receipt does not say what it runs") }
    for damage in state.damage { add("its release \(damage.release) is damaged") }
    // The current release and the previous good one always stay. A release that failed also stays until the next prune.
    let most = max(project.project.recipe(request.recipe ?? "")?.placement.keep ?? 5, 2) + 1
    if state.releases.count > most { add("it keeps \(state.releases.count) releases, and \(most) are allowed") }
    return problems
  }

  private func problems(
    of host: Host, _ state: HostState, _ status: HostStatus?, in part: TrialPart, serving bundle: Digest?
  ) -> [Problem] {
    guard part.plan.hosts.indices.contains(host.number) else { return [] }
    let planned = part.plan.hosts[host.number]
    let wanted: Release.ID?
    switch status {
    case .succeeded, .unchanged: wanted = planned.target?.id
    case .restored, .untouched: wanted = planned.current
    default: return []
    }
    var problems: [Problem] = []
    if state.current != wanted {
      problems.append(
        Problem(
          "it serves release \(state.current?.rawValue ?? "none"), and the deployment says \(wanted?.rawValue ?? "none")",
          subject: host.name))
    }
    if let bundle, state.receipt?.inputs.bundle != bundle {
      let served = state.receipt.map { "revision \($0.inputs.bundle.short)" } ?? "nothing"
      problems.append(Problem("it serves \(served), and revision \(bundle.short) was expected", subject: host.name))
    }
    return problems
  }
}

extension HostStatus {
  /// Whether the host failed and was not restored.
  fileprivate var isUnsettled: Bool {
    switch self {
    case .restoreFailed, .failed, .unknown, .restoring: true
    default: false
    }
  }
}
