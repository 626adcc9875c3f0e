package import DeployCore
package import DeployModel
import Synchronization

/// Simulated hosts behind the port that real ones are behind: for the engine's own tests. Times are the clock's.
package final class SimulatedTransport: Transport {
  private struct State: Sendable {
    var hosts: [SimulatedHost]
    var sleepers: [Sleeper] = []
  }
  private struct Sleeper: Sendable {
    var deployment: Deployment.ID
    var intent: Int
    var task: Task<Void, Never>
  }
  private let state: Mutex<State>
  private let clock: any Clock
  private let faults: Faults
  private let dice: Dice
  /// Names of hosts to their numbers here; looked up, never iterated.
  private let numbers: [String: Int]

  /// - Parameter faults: of these, failing and slow operations and full disks happen here; the network does not fail.
  package init(hosts: [SimulatedHost], clock: any Clock, faults: Faults = Faults(), seed: UInt64 = 0) {
    state = Mutex(State(hosts: hosts))
    self.clock = clock
    self.faults = faults
    dice = Dice(seed: seed)
    numbers = Dictionary(hosts.enumerated().map { ($0.element.name, $0.offset) }, uniquingKeysWith: { first, _ in first })
  }

  /// The hosts as they stand now.
  package var hosts: [SimulatedHost] { state.withLock { $0.hosts } }

  package func survey(_ host: Host, at path: String, application: String, group: String, shared: [String]) async -> Survey {
    guard let number = numbers[host.name] else { return .unreachable(unknown(host)) }
    return .reached(state.withLock { $0.hosts[number].state(at: clock.now()) })
  }

  package func perform(_ intent: Intent, at site: HostSite, output: @escaping @Sendable (OutputChunk) -> Void) async -> Outcome {
    guard let number = numbers[site.host.name] else { return Outcome(failure: unknown(site.host)) }
    let fate = faults.fate(of: intent, host: number, deployment: 0, dice: dice, pace: .usual)
    let now = clock.now()
    switch state.withLock({ $0.hosts[number].receive(intent, from: site, at: now, fate: fate) }) {
    case .answered(let outcome): return outcome
    case .begun(let job):
      if case .run(let command) = intent.operation { output(chunk(intent, "\(command.line)\n")) }
      return await follow(job, of: intent, on: number, site.deployment)
    case .attached(let job): return await follow(job, of: intent, on: number, site.deployment)
    }
  }

  package func cancel(_ intent: Int, at site: HostSite) async {
    guard let number = numbers[site.host.name] else { return }
    let sleepers = state.withLock { state in
      _ = state.hosts[number].cancel(intent, of: site.deployment)
      return state.sleepers.filter { $0.intent == intent && $0.deployment == site.deployment }
    }
    for sleeper in sleepers { sleeper.task.cancel() }
  }

  package func close() async {}

  /// Waits for a job's steps until it has ended.
  private func follow(_ job: Int, of intent: Intent, on number: Int, _ deployment: Deployment.ID) async -> Outcome {
    while true {
      let claimed = state.withLock { $0.hosts[number].jobs[job] }
      if case .ended(let outcome) = claimed.state { return outcome }
      if claimed.state != .running { return hosts[number].lost(intent) }
      let clock = clock
      let task = Task { await clock.sleep(claimed.ends - clock.now()) }
      state.withLock { $0.sleepers.append(Sleeper(deployment: deployment, intent: intent.id, task: task)) }
      await task.value
      let now = clock.now()
      state.withLock { state in
        state.sleepers.removeAll { $0.intent == intent.id && $0.deployment == deployment }
        if claimed.ends <= now { _ = state.hosts[number].proceed(job, turn: claimed.turn, at: now) }
      }
    }
  }

  private func chunk(_ intent: Intent, _ text: String) -> OutputChunk {
    OutputChunk(intent: intent.id, place: intent.place, stream: .stdout, offset: 0, bytes: Array(text.utf8))
  }

  private func unknown(_ host: Host) -> Failure { Failure(.unreachable, "there is no simulated host \(host.name)") }
}

/// A simulated engine machine: everything it is asked goes well, after no time, unless it was told otherwise.
package final class SimulatedEngineMachine: EngineMachine {
  private let answer: @Sendable (Intent) -> Outcome

  /// - Parameter answer: what it answers to each operation.
  package init(answer: @escaping @Sendable (Intent) -> Outcome = { _ in .done() }) { self.answer = answer }

  package func perform(_ intent: Intent, of deployment: Deployment.ID, output: @escaping @Sendable (OutputChunk) -> Void) async -> Outcome {
    answer(intent)
  }

  package func cancel(_ intent: Int, of deployment: Deployment.ID) async {}
}
