import DeployCore
import DeployEngine
import DeployModel
import DeploySimulation
import Testing

/// Compares the real engine with the simulation, on equal simulated hosts.
struct EngineParityTests {
  /// A store without bundles and sources. Recipes in Swift need no sources.
  private struct NoBundles: BundleStore {
    func manifest(of bundle: Digest) async throws(Failure) -> Manifest { Manifest(items: []) }
    func built(_ bundle: Digest) async throws(Failure) -> Timestamp { Timestamp(milliseconds: 0) }
    func archive(of bundle: Digest) async throws(Failure) -> String { throw Failure(.store, "no archive") }
    func content(of file: Digest) async throws(Failure) -> [UInt8] { [] }
    func keep(_ sources: [SourceFile]) async throws(Failure) -> Digest { Worlds.sources }
    func sources(_ digest: Digest) async throws(Failure) -> [SourceFile] { [] }
  }

  private func deploy(_ hosts: [SimulatedHost], _ faults: Faults, batch: Int) async throws -> (Conclusion?, SimulatedTransport, [Entry]) {
    let clock = VirtualClock()
    let journal = MemoryJournal()
    let transport = SimulatedTransport(hosts: hosts, clock: clock, faults: faults)
    let ports = Ports(
      transport: transport, machine: SimulatedEngineMachine(), bundles: NoBundles(), journal: journal, clock: clock, actor: "me@here")
    let plan = Worlds.plan(for: hosts, batch: batch)
    let deployer = try Deployer(plan: plan, ports: ports, feed: Feed(), scripts: { Worlds.scripts(batch: batch)($0) })
    let time = Task { await clock.run() }
    defer { time.cancel() }
    return (try await deployer.run(), transport, journal.entries(of: plan.id))
  }

  @Test("the engine leaves the hosts as the simulation of the same deployment does", arguments: [false, true])
  func parity(failing: Bool) async throws {
    var faults = Faults()
    if failing { faults.appointments = [.failing(host: 3, .validateService, release: Worlds.new.id)] }
    let hosts = Worlds.hosts(4)
    let (conclusion, transport, entries) = try await deploy(hosts, faults, batch: 2)
    var simulation = Simulation(hosts: hosts, faults: faults, scripts: Worlds.scripts(batch: 2))
    simulation.add(Worlds.plan(for: hosts, batch: 2))
    simulation.run()
    #expect(conclusion?.status == simulation.engines[0].conclusion?.status)
    #expect(conclusion?.hosts == simulation.engines[0].conclusion?.hosts)
    #expect(transport.hosts.map(\.current) == simulation.hosts.map(\.current))
    #expect(transport.hosts.map(\.receipt?.deployment) == simulation.hosts.map(\.receipt?.deployment))
    #expect(transport.hosts.map(Worlds.ledger) == simulation.hosts.map(Worlds.ledger))
    #expect(entries.map(\.sequence) == Array(0..<entries.count))
  }
}
