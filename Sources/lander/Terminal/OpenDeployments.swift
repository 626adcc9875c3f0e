import DeployDesk
import DeployModel
import DeployReport

extension Terminal {
  /// Shows the deployments of this journal that have not ended, except those whose hosts a newer deployment has taken over.
  func sayOpen(_ desk: Desk, _ surveyed: [Surveyed]) async throws {
    let past = desk.past
    for deployment in try await past.deployments(seeing: surveyed) {
      switch deployment.state {
      case .interrupted:
        let word = deployment.parked == nil ? "Interrupted" : "Parked"
        say(
          ["", "\(word): \(deployment.named)"] + paused(deployment)
            + takenOver(deployment) + (deployment.parked == nil ? ["  → \(deployment.wayOn)"] : []))
      case .running:
        say(
          [
            "", "Running from here: \(deployment.named)",
          ] + stopped(await desk.stoppedEngine(of: deployment.id)) + paused(deployment)
            + (deployment.pause == nil ? [] : ["  → " + Pause.wayOn(deployment.id, deployment.kind.words)]))
      default: continue
      }
      if let gate = try await past.openGate(of: deployment) {
        let isRunning = deployment.state == .running
        let lines =
          isRunning || deployment.parked != nil
          ? gate.lines(for: deployment.id, zone: out.zone) : gate.lines(interrupted: deployment.id, now: SystemClock.now)
        say(lines.map { "  " + $0 })
      }
      if let said = try await past.account(of: deployment.id)?.said(on: out), !said.isEmpty {
        say(["  Said to it"] + said.suffix(5).map { "    " + $0 })
      }
    }
  }

  private func stopped(_ process: Int32?) -> [String] { process.map(WaitReport.halted) ?? [] }

  private func takenOver(_ deployment: DeploymentSummary) -> [String] {
    let names = deployment.takenOver
    guard !names.isEmpty else { return [] }
    let more = names.count > 8 ? " … (\(names.count))" : ""
    return ["Newer deployments have \(names.prefix(8).joined(separator: " "))\(more) by now."]
  }

  private func paused(_ deployment: DeploymentSummary) -> [String] {
    deployment.pause.map { ["It is " + $0.clause(zone: out.zone)] } ?? []
  }
}
