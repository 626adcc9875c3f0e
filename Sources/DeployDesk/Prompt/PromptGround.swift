import DeployCore
import DeployEngine
import DeployModel
import DeploySimulation
import Synchronization

/// The hosts that a prompt uses, which are either simulated or real. The prompt acquires no lock and writes no journal.
struct PromptGround: Sendable {
  let plan: Plan
  private let transport: any Transport
  private let machine: any EngineMachine
  /// The clock, or nil if the hosts are simulated. On simulated hosts, no time passes.
  private let clock: (any Clock)?

  /// Creates simulated hosts for a selection. They run an earlier release of the selection's recipe. Their commands succeed and print
  /// nothing.
  init(simulating selection: Selection, by identity: Planner.Identity) throws(Problems) {
    plan = try Planner.simulated(selection, isFresh: false, by: identity)
    let hosts = plan.hosts.map(Rehearsing.host) + plan.ownPartners.map(Rehearsing.partner)
    let simulated = hosts.map { host in
      var host = host
      host.rehearsed = false
      host.knowsFiles = true
      return host
    }
    transport = SimulatedTransport(hosts: simulated, clock: HastyClock())
    machine = SimulatedEngineMachine()
    clock = nil
  }

  /// Connects to the real hosts of a selection.
  /// - Throws: a problem for each unreachable host.
  init(reaching selection: Selection, by identity: Planner.Identity, at desk: Desk) async throws(Problems) {
    var selection = selection
    // Partners are left out, because only hosts that somebody asked for are contacted.
    selection.partners = []
    let simulated = try Planner.simulated(selection, by: identity)
    var hosts: [HostPlan] = []
    for host in selection.hosts {
      let path = host.place(selection.recipe.placement.path)
      let survey = await desk.ports.transport.survey(
        host, at: path, application: selection.recipe.application, group: selection.group, shared: [])
      switch survey {
      case .unreachable(let failure):
        throw Problems(failure.problem(of: host.name), exit: failure.kind == .unreachable ? .unreachable : .infrastructure)
      case .reached(let state):
        let known = [state.receipt, state.previous].compactMap { $0 }.first { $0.release.id == state.current }
        hosts.append(
          HostPlan(
            host: host, facts: state.facts, target: known?.release, previous: known, current: state.current, stages: false, present: true))
      }
    }
    plan = Plan(
      origin: simulated.origin, subject: simulated.subject, content: simulated.content, placement: simulated.placement,
      flow: simulated.flow, hosts: hosts, bounds: simulated.bounds, lock: simulated.lock)
    transport = desk.ports.transport
    machine = desk.ports.machine
    clock = desk.ports.clock
  }

  /// Whether the hosts are real, so that time passes.
  var isReal: Bool { clock != nil }

  func sleep(_ interval: Interval) async { await clock?.sleep(interval) }

  func perform(_ intent: Intent) async -> Outcome {
    // If the hosts are simulated, no server is contacted, and every request gets the status 200.
    if !isReal, case .http = intent.operation { return .done(HTTPResponse(status: 200).value) }
    guard case .host(let number) = intent.place else { return await machine.perform(intent, of: deployment, output: { _ in }) }
    return await transport.perform(intent, at: site(number), output: { _ in })
  }

  func cancel(_ intent: Intent) async {
    guard case .host(let number) = intent.place else { return await machine.cancel(intent.id, of: deployment) }
    await transport.cancel(intent.id, at: site(number))
  }

  func begin() async throws(Failure) { if isReal { try await machine.attend(deployment, after: nil) } }
  func end() async { if isReal { await machine.forget(deployment) } }

  private var deployment: Deployment.ID { Deployment.ID("prompt-\(plan.id)") }

  /// Returns the site of an operation. Hosts do not check its fence, because the operation belongs to no deployment.
  private func site(_ number: Int) -> HostSite {
    var site = plan.site(of: number)
    if isReal { (site.deployment, site.fence) = (deployment, -1) }
    return site
  }

  /// A clock that jumps to the end of each sleep immediately.
  private final class HastyClock: Clock {
    private let time = Mutex(Timestamp(milliseconds: 1_800_000_000_000))
    func now() -> Timestamp { time.withLock { $0 } }
    func sleep(_ interval: Interval) async { time.withLock { $0 = $0 + max(interval, .zero) } }
  }
}
