import DeployModel

/// Puts the traffic back if the deployment fails: the weights from before the first shift.
extension Rollout {
  /// Whether traffic has to be put back before hosts with traffic are touched.
  var owesTraffic: Bool { traffic.owed != nil && traffic.stray == nil && lapse != .trafficForgotten }

  /// Puts back the weights from before the first shift, when nothing is under way any more.
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
    // A call that hangs hangs again, and everybody waits for it.
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
