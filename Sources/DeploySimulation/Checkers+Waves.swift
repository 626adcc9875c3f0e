import DeployCore
import DeployModel

/// Checks what must hold for all hosts of a deployment together: enough of them serve (P4), and no more of them are exposed than gates
/// allow (P5).
extension Checkers {
  /// Returns whether an operation takes a host that is in service out of service.
  func takesOut(_ intent: Intent) -> Bool {
    switch intent.operation {
    case .activate, .relink, .remove: return true
    default: break
    }
    guard !intent.operation.isProbe else { return false }
    switch intent.site.event {
    case .blockTraffic, .afterBlockTraffic, .applicationStop: return true
    default: return false
    }
  }

  /// P4: enough other hosts serve when this host is taken out.
  mutating func out(_ engine: Int, _ host: Int) {
    guard serving[host] else { return }
    serve(host, false)
    let (count, floor) = (watches[engine].servingCount, watches[engine].floor)
    check(count >= floor, "P4", host: host, "\(count) hosts serve after it was taken out, and the floor is \(floor)")
  }

  /// Handles a host that has written its receipt. A host writes its receipt after it has its traffic back, so the host serves, even if the
  /// engine died before it had noted this.
  mutating func settled(_ host: Int, _ now: SimulatedHost) {
    if let current = now.current, now.receipt?.release.id == current { serve(host, true) }
  }

  private mutating func serve(_ host: Int, _ now: Bool) {
    guard serving[host] != now else { return }
    serving[host] = now
    for engine in watches.indices where watches[engine].numbers[host] != nil { watches[engine].servingCount += now ? 1 : -1 }
  }

  mutating func noted(_ engine: Int, _ note: Note, hosts: [SimulatedHost]) {
    drained(engine, note)
    switch note {
    case .waveBegan(let number, let wave, _):
      decided(engine, "wave \(number) began")
      let open = watches[engine].openWave
      check(open == nil, "P5", "wave \(number) began before wave \(open ?? 0) had ended")
      let all = watches[engine].allowed.indices
      let (failed, isClosed, gates) = (watches[engine].failedGate, watches[engine].openGate == nil, watches[engine].gates)
      check(failed == nil, "P5", "wave \(number) began after gate \(failed ?? 0) had failed")
      check(isClosed, "P5", "wave \(number) began while gate \(gates) was open")
      check(wave.allSatisfy { all.contains($0) }, "P5", "wave \(number) has a host that the plan has not")
      budget(engine, nil)
      watches[engine].openWave = number
      for host in wave where all.contains(host) { watches[engine].allowed[host] = true }
    case .waveEnded: watches[engine].openWave = nil
    case .restartBegan(let hosts):
      decided(engine, "a restart began")
      budget(engine, nil)
      watches[engine].restarting = hosts
    case .restartEnded: watches[engine].restarting = []
    case .paused(let message):
      watches[engine].holds = message != nil
      if message == nil { watches[engine].paused = false }
    case .stopped: decided(engine, "the rollout was stopped")
    case .serviceChanged(let number, let service):
      let host = watches[engine].fleet[number]
      let runs = hosts[host].current != nil || hosts[host].foreign != nil
      check(service != .in || runs, "P4", host: host, "it is called in service and runs nothing")
    case .gateOpened(let number, let gate): opened(engine, number, gate)
    case .gateClosed(let number, let answer): closed(engine, number, answer)
    case .shifted(let from, let to): watches[engine].weights = (watches[engine].weights?.before ?? from ?? to, to)
    case .host(let number, let status): became(engine, number, status, hosts[watches[engine].fleet[number]])
    default: break
    }
  }

  /// P5: a host runs the target release only if a wave includes the host.
  mutating func exposure(_ engine: Int, _ number: Int, _ now: SimulatedHost) {
    guard let target = watches[engine].plan.hosts[number].target, now.current == target.id else { return }
    let allowed = watches[engine].allowed[number]
    check(allowed, "P5", host: watches[engine].fleet[number], "it was exposed to \(target.id) though no wave has it")
    watches[engine].exposed[number] = true
  }

  private mutating func became(_ engine: Int, _ number: Int, _ status: HostStatus, _ now: SimulatedHost) {
    let before = watches[engine].statuses[number]
    watches[engine].statuses[number] = status
    let host = watches[engine].fleet[number]
    switch status {
    case .changing:
      watches[engine].inFlight += 1
      check(!watches[engine].paused, "P5", host: host, "it was begun while the deployment was paused")
      check(!watches[engine].pruning, "P7", host: host, "it was begun after releases had been pruned")
      budget(engine, host)
      let (inFlight, parallel) = (watches[engine].inFlight, watches[engine].plan.bounds.parallel)
      check(inFlight <= parallel, "P5", host: host, "\(inFlight) hosts are in flight, and \(parallel) may be")
      let allowed = watches[engine].allowed[number] || watches[engine].restarting.contains(number)
      check(allowed, "P5", host: host, "it was begun though no wave has it")
    case .pending:
      watches[engine].inFlight -= 1
      serve(host, now.current != nil)
    case .ready(let segment):
      watches[engine].inFlight -= 1
      if segment >= .admit { serve(host, now.current != nil || now.foreign != nil) }
    case .restoring:
      isBarred(engine, host)
      watches[engine].failed += 1
      if isReady(before) { watches[engine].inFlight += 1 }
    case .restored, .untouched, .restoreFailed, .failed: if !isRestoring(before) { watches[engine].failed += 1 }
    case .unknown, .leftOut: watches[engine].unreachable += 1
    default: break
    }
    guard status.isFinal else { return }
    if before == .changing || isRestoring(before) { watches[engine].inFlight -= 1 }
    switch status {
    case .succeeded: serve(host, now.current != nil || now.foreign != nil)
    case .restored, .untouched:
      let served = watches[engine].current[number] != nil || watches[engine].foreign[number] != nil
      serve(host, served && (now.current != nil || now.foreign != nil))
    default: break
    }
  }

  /// P5: nothing more begins once more hosts have failed, or more hosts are unreachable, than the budget allows.
  private mutating func budget(_ engine: Int, _ host: Int?) {
    let (failed, unreachable, bounds) = (watches[engine].failed, watches[engine].unreachable, watches[engine].plan.bounds)
    check(failed <= bounds.failed, "P5", host: host, "it was begun after \(failed) hosts had failed, the budget being \(bounds.failed)")
    check(
      unreachable <= bounds.unreachable, "P5", host: host,
      "it was begun with \(unreachable) unreachable hosts, the budget being \(bounds.unreachable)")
  }

  /// P7: while a host might be rolled back, the releases to which it could be rolled back are not removed.
  mutating func pruned(_ engine: Int) {
    guard watches[engine].plan.flow.prunesLast == true, !watches[engine].pruning else { return }
    watches[engine].pruning = true
    let underWay = watches[engine].statuses.count { $0 == .changing || isReady($0) || isRestoring($0) }
    check(underWay == 0, "P7", "releases were pruned while \(underWay) hosts had not come through")
  }

  private func isReady(_ status: HostStatus) -> Bool { if case .ready = status { true } else { false } }
  private func isRestoring(_ status: HostStatus) -> Bool { if case .restoring = status { true } else { false } }
}
