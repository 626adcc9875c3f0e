import DeployModel

/// Reads the traffic's weights again before a slot is stopped, because somebody might have moved traffic since the last read.
extension Rollout {
  /// Whether, by the plan's rules, the weights are read again before anything relies on them.
  var readsAnew: Bool { plan.flow.rules?.readsTrafficAnew == true }

  /// Whether the weights decide which hosts are allowed to be stopped.
  var reliesOnTraffic: Bool { readsAnew && plan.adapter != nil && plan.hosts.contains { $0.host.slot != nil } }

  func readsTraffic(beforeWaveOf hosts: [Int]) -> Bool { readsAnew && hosts.contains { isPooled($0) } }

  /// Records that somebody might have moved traffic since the last read.
  mutating func doubtTraffic() {
    traffic.isConfirmed = false
    if reliesOnTraffic, traffic.current != nil { traffic.isDoubtful = true }
  }

  /// Records the weights that were read.
  /// - Returns: a failure if somebody else has moved traffic during this deployment, or nil if nobody has.
  mutating func took(_ found: Weights) -> Failure? {
    guard readsAnew else {
      traffic.readOnce(found)
      return nil
    }
    let (before, ours) = (traffic.current, traffic.ours)
    traffic.read(found)
    if let ours, !found.agrees(with: ours) {
      return Failure(
        .failed, "the traffic is at \(found.sentence), and this deployment had set \(ours.sentence): somebody else moves it",
        fix: "agree who moves it, then deploy again")
    }
    if let before, ours == nil, before != found {
      note(.remark("the traffic is at \(found.sentence) now, and was at \(before.sentence) when it was read before"))
    }
    return nil
  }

  mutating func mayBeginWave(_ decision: Decision, for script: ScriptID, _ moved: Failure?) {
    guard case .wave(let hosts, let parallel, let upto) = decision else { return }
    if let refusal = failure?.failure ?? moved ?? slotRefusal(of: hosts) { return refuse(script, refusal) }
    if isHeld(script) { return hold(.decide(script, decision)) }
    beginWave(hosts, parallel: parallel, upto: upto, for: script)
  }

  /// Whether a host has to wait until the weights have been read again. It does if its release is about to be stopped and somebody might
  /// have moved traffic.
  mutating func waitsForTraffic(_ host: Int) -> Bool {
    guard traffic.isDoubtful, isPooled(host), runs[host]?.leavesRunning == true, let adapter = plan.adapter else { return false }
    runs[host]?.waiting = .traffic
    if traffic.step == .idle {
      traffic.step = .asking
      callAdapter(adapter.read, on: .traffic)
    }
    return true
  }

  /// Returns why the known weights forbid stopping a host's release now, or nil if they allow it.
  func stopRefusal(of host: Int) -> Failure? {
    isPooled(host) && reliesOnTraffic && runs[host]?.leavesRunning == true ? trafficRefusal(of: host) : nil
  }

  /// Handles weights that were read for waiting hosts. Hosts that get no traffic continue.
  mutating func wereAsked(_ answer: Result<Weights, Failure>) {
    var problem: Failure?
    switch answer {
    case .success(let found): problem = took(found)
    case .failure(let failure): problem = failure
    }
    for host in runs.indices where runs[host]?.waiting == .traffic {
      runs[host]?.waiting = .nothing
      advance(host, unless: problem)
    }
  }

  // MARK: before the end

  /// Whether the traffic that this deployment moved has to be read once more before the deployment succeeds.
  var mustConfirmTraffic: Bool {
    plan.flow.rules?.readsTrafficLast == true && failure == nil && stopped == nil && traffic.ours != nil && !traffic.isConfirmed
  }

  mutating func confirmTraffic(attempt: Int) {
    guard let adapter = plan.adapter else { return }
    traffic.step = .confirming(attempt: attempt)
    if attempt == 1 { return callAdapter(adapter.read, on: .traffic) }
    traffic.timer = outbox.ring(.traffic, after: Shifting.pause)
  }

  /// Handles the last read of the weights. The deployment fails if somebody else has moved traffic. If the read itself fails, lander only
  /// reports that, because the release is not affected.
  mutating func wereConfirmed(_ answer: Result<Weights, Failure>, _ attempt: Int) {
    guard failure == nil else { return settle() }
    switch answer {
    case .success(let found):
      traffic.isConfirmed = true
      if let moved = took(found) { fail(ScriptError(moved)) }
    case .failure where attempt < Shifting.attempts: return confirmTraffic(attempt: attempt + 1)
    case .failure(let problem):
      traffic.isConfirmed = true
      note(.remark("\(problem.message); this deployment had set \(traffic.ours?.sentence ?? "it"): look at the balancer"))
    }
    if failure == nil { notify(0) } else { settle() }
  }
}
