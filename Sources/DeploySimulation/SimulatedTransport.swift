package import DeployCore
package import DeployModel

/// Simulated hosts behind the port for real hosts, for tests of the engine and of other code that uses the port. This transport keeps the
/// contract of all transports. It takes its times from the clock that it is given.
package final class SimulatedTransport: Transport {
  let world: SimulatedWorld
  /// The number that distinguishes this transport from other transports to the same hosts.
  let number: Int
  private let faults: Faults
  private let dice: Dice
  private let pace: Pace
  private let store: (any BundleStore)?
  let secrets: (any Secrets)?

  /// - Parameters:
  ///   - faults: the faults. Only failing operations, slow operations and full disks are simulated. The network never fails.
  ///   - store: the store with the recipe sources that receipts name, or nil if hosts keep only the digests of the sources.
  ///   - secrets: the values for the marks in receipts, or nil if no value is known.
  package convenience init(
    hosts: [SimulatedHost], clock: any Clock, faults: Faults = Faults(), seed: UInt64 = 0, pace: Pace = .usual,
    store: (any BundleStore)? = nil, secrets: (any Secrets)? = nil
  ) {
    self.init(
      SimulatedWorld(hosts: hosts, clock: clock), faults: faults, dice: Dice(seed: seed), pace: pace, store: store, secrets: secrets)
  }

  private init(
    _ world: SimulatedWorld, faults: Faults, dice: Dice, pace: Pace, store: (any BundleStore)?, secrets: (any Secrets)?
  ) {
    self.world = world
    self.faults = faults
    self.dice = dice
    self.pace = pace
    self.store = store
    self.secrets = secrets
    number = world.enter()
  }

  /// Returns another engine's transport to the same hosts.
  /// - Parameter secrets: the secrets of that engine, or nil for those of this transport.
  package func another(secrets: (any Secrets)? = nil) -> SimulatedTransport {
    SimulatedTransport(world, faults: faults, dice: dice, pace: pace, store: store, secrets: secrets ?? self.secrets)
  }

  /// The hosts in their current state.
  package var hosts: [SimulatedHost] { world.hosts }

  /// Changes a host without an operation, as a person on the host would.
  package func change(_ host: String, _ change: (inout SimulatedHost) -> Void) { world.change(host, change) }

  /// The files of the engine's machine, by their paths. If nil, they are unknown, and every upload succeeds.
  package var machine: [String: SimulatedFile]? {
    get { world.machine }
    set { world.machine = newValue }
  }

  package func survey(_ host: Host, at path: String, application: String, group: String, shared: [String]) async -> Survey {
    guard path.isAbsolutePath || path.hasPrefix("~/") else {
      return .unreachable(Failure(.invalid, "the path \(path) must be absolute"))
    }
    do throws(Failure) {
      let found = try world.look(at: host.name, for: number)
      return .reached(found.host.state(at: found.now, for: application, shared: shared, below: path))
    } catch { return .unreachable(error) }
  }

  package func refusal(of users: [String], on host: Host) async -> Failure? {
    do throws(Failure) {
      let found = try world.look(at: host.name, for: number)
      return users.first { !found.host.knows($0) }.map { Failure(.missing, "there is no user \($0) on this host") }
    } catch { return error }
  }

  package func receipts(of releases: [Release.ID], on host: Host, at path: String) async -> [Receipt] {
    (try? world.look(at: host.name, for: number))?.host.receipts(of: releases) ?? []
  }

  package func damage(of releases: [Release.ID], on host: Host, at path: String) async -> [ReleaseDamage] {
    (try? world.look(at: host.name, for: number))?.host.damage.filter { releases.contains($0.release) } ?? []
  }

  package func perform(_ intent: Intent, at site: HostSite, output: @escaping @Sendable (OutputChunk) -> Void) async -> Outcome {
    do throws(Failure) { return try await perform(intent, at: site, output) } catch { return Outcome(failure: error) }
  }

  private func perform(
    _ intent: Intent, at site: HostSite, _ output: @escaping @Sendable (OutputChunk) -> Void
  ) async throws(Failure) -> Outcome {
    if let nonsense = site.nonsense(in: intent) { throw nonsense }
    let host = try world.number(of: site.host.name)
    if let refusal = world.refusal(ofSending: intent.operation, by: number) { return refusal }
    var intent = intent
    var sources: [SourceFile]?
    if case .record(let receipt) = intent.operation {
      sources = try await store?.sources(receipt.inputs.sources)
      intent.operation = .record(await marked(receipt, on: site.host.name))
    }
    for _ in 1...3 {
      let fate = faults.fate(of: intent, host: host, deployment: 0, dice: dice, pace: pace)
      let reception = world.receive(intent, from: site, on: host, by: number, fate: fate)
      world.written(by: intent, of: site.deployment, on: host).forEach(output)
      switch reception {
      case .answered(let outcome): return outcome
      case .begun(let job), .attached(let job):
        // If a lost job is allowed to be repeated, it is started once more.
        guard let outcome = await world.follow(job, of: intent, on: host, from: site, by: number) else { continue }
        return world.settle(intent, from: site, on: host, outcome, sources: sources)
      }
    }
    return world.hosts[host].lost(intent)
  }

  package func entrust(_ parked: Parked, _ bytes: [UInt8]?, at site: HostSite) async throws(Failure) {
    try world.entrust(parked, bytes, at: site, by: number)
  }

  /// Returns the journal that a host keeps for a parked deployment.
  package func journal(on host: Host) throws(Failure) -> [UInt8] {
    if let journal = try world.look(at: host.name, for: number).host.lock?.journal { return journal }
    throw Failure(.missing, "\(host.name) keeps no journal")
  }

  package func cancel(_ intent: Int, at site: HostSite) async { world.cancel(intent, at: site) }

  package func close() async { world.leave(number) }
}

/// A simulated engine machine. Every operation succeeds immediately, unless a test says otherwise.
package final class SimulatedEngineMachine: EngineMachine {
  private let answer: @Sendable (Intent) -> Outcome

  /// - Parameter answer: returns the outcome of each operation.
  package init(answer: @escaping @Sendable (Intent) -> Outcome = { _ in .done() }) { self.answer = answer }

  package func perform(_ intent: Intent, of deployment: Deployment.ID, output: @escaping @Sendable (OutputChunk) -> Void) async -> Outcome {
    answer(intent)
  }

  package func cancel(_ intent: Int, of deployment: Deployment.ID) async {}
}
