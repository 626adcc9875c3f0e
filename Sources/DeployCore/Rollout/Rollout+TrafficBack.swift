import DeployModel

/// Restores the weights from before the first shift if the deployment fails.
extension Rollout {
  /// Whether the traffic has to be shifted back before hosts that might get traffic are changed.
  var owesTraffic: Bool { traffic.owed != nil && traffic.stray == nil && lapse != .trafficForgotten }

  /// Restores the weights from before the first shift, once nothing is under way any more.
  mutating func restoreTraffic() {
    guard let owed = traffic.owed else { return }
    phase = .shiftingBack
    restoreTraffic(owed, attempt: 1)
  }

  private mutating func restoreTraffic(_ weights: Weights, attempt: Int) {
    guard let adapter = plan.adapter else { return }
    traffic.step = .restoring(attempt: attempt)
    callAdapter(adapter.weight, on: .weights(weights))
  }

  mutating func wereRestored(_ result: ScriptResult, _ attempt: Int) {
    switch result {
    case .returned:
      guard readsAnew, let adapter = plan.adapter else { return isBack() }
      traffic.step = .provingBack(attempt: attempt)
      callAdapter(adapter.read, on: .traffic)
    case .raised(let error): isNotBack(error.failure, attempt)
    }
  }

  mutating func wereProvedBack(_ answer: Result<Weights, Failure>, _ attempt: Int) {
    guard let owed = traffic.owed else { return }
    if case .success(let found) = answer, found.agrees(with: owed) { return isBack() }
    isNotBack(Shifting.unproved(answer, owed), attempt)
  }

  private mutating func isBack() {
    guard let owed = traffic.owed else { return }
    note(.shifted(from: traffic.current, to: owed))
    traffic.set(owed)
    phase = .settling
    giveUpReadyHosts()
  }

  private mutating func isNotBack(_ problem: Failure, _ attempt: Int) {
    guard let owed = traffic.owed else { return }
    // A call that timed out would probably time out again, so it is not repeated.
    if attempt < Shifting.attempts, !readsAnew || problem.kind != .timeout {
      note(.remark("the traffic could not be put back (\(problem.message)); trying again"))
      return restoreTraffic(owed, attempt: attempt + 1)
    }
    traffic.stray = StrayTraffic(wanted: owed, message: problem.message, commands: traffic.commands)
    note(.remark("the traffic could not be put back: \(problem.message)"))
    let left = statuses.indices.filter { statuses[$0] == .succeeded && mayHaveStrayTraffic($0) }.map { plan.hosts[$0].host.name }
    if !left.isEmpty { note(.remark("\(left.joined(separator: ", ")) may have the traffic, so what runs there is not stopped")) }
    phase = .settling
    giveUpReadyHosts()
  }
}
