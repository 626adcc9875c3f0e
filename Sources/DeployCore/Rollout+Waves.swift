import DeployModel

/// Hosts that are changed together.
struct Wave: Sendable, Hashable {
  var hosts: [Int]
  var next = 0
  var running = 0
  var parallel: Int?
  var result = WaveResult(succeeded: [], failed: [])
  /// The strategy that asked for it.
  var script: ScriptID?
}

extension Rollout {
  /// Begins a wave with those of the hosts that are still to be changed.
  mutating func beginWave(_ wanted: [Int], parallel: Int?, for script: ScriptID? = nil) {
    var chosen = statuses.map { _ in false }
    var hosts: [Int] = []
    for host in wanted where statuses.indices.contains(host) && statuses[host] == .pending && !chosen[host] {
      chosen[host] = true
      hosts.append(host)
    }
    waves += 1
    wave = Wave(hosts: hosts, parallel: parallel.map { max(1, $0) }, script: script)
    if !hosts.isEmpty { note(.waveBegan(number: waves, hosts: hosts)) }
    admit()
  }

  /// Starts as many hosts of the wave as the bounds allow, and ends it when none is left.
  mutating func admit() {
    while var current = wave, current.next < current.hosts.count, failure == nil, admission.exhausted == nil {
      let host = current.hosts[current.next]
      if statuses[host] == .pending {
        switch admission.mayStart(host, parallel: current.parallel) {
        case .wait: return
        case .never(let reason):
          failure = ScriptError(Failure(.failed, reason, fix: "bring the other hosts back first (lander status), or lower the floor"))
          continue
        case .go:
          current.running += 1
          current.next += 1
          wave = current
          startHost(host)
        }
      } else {
        current.next += 1
        wave = current
      }
    }
    if let wave, wave.running == 0 { endWave(wave) }
  }

  private mutating func endWave(_ ended: Wave) {
    wave = nil
    if !ended.hosts.isEmpty { note(.waveEnded(number: waves, ended.result)) }
    if phase == .settling {
      if let script = ended.script { answer(script, .wave(ended.result)) }
      return settle()
    }
    if failure == nil, let exhausted = admission.exhausted {
      note(.remark("no further host is started: \(exhausted)"))
      failure = firstCause(or: exhausted)
    }
    if let failure { fail(failure) }
    // Where the deployment has failed, the strategy learns of it by being cancelled, so that its <close> variables run.
    if let script = ended.script { return answer(script, .wave(ended.result)) }
    stageEnded(nil)
  }
}
