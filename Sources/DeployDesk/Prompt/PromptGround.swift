import DeployCore
import DeployEngine
import DeployModel
import DeploySimulation
import Synchronization

/// The hosts that a prompt reaches: simulated hosts, or a real one. It takes no lock and writes no journal.
struct PromptGround: Sendable {
  let plan: Plan
  private let transport: any Transport
  private let machine: any EngineMachine
  /// The clock; nil: hosts are simulated, and no time passes there.
  private let clock: (any Clock)?

  /// Simulated hosts of a selection, with an earlier release of its recipe. Commands succeed there and print nothing.
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

  /// The real hosts of a selection.
  /// - Throws: a problem for each host that cannot be reached.
  init(reaching selection: Selection, by identity: Planner.Identity, at desk: Desk) async throws(Problems) {
    var selection = selection
    // Only what somebody named is reached.
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

  /// Whether time passes.
  var isReal: Bool { clock != nil }

  func sleep(_ interval: Interval) async { await clock?.sleep(interval) }

  func perform(_ intent: Intent) async -> Outcome {
    // No server is asked for simulated hosts: each says that all is well.
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

  private var deployment: Deployment.ID { "prompt-" + plan.id }

  /// The site of an operation at a prompt. No fence is compared, because no deployment asks.
  private func site(_ number: Int) -> HostSite {
    var site = plan.site(of: number)
    if isReal { (site.deployment, site.fence) = (deployment, -1) }
    return site
  }

  /// A clock that jumps to the end of each sleep, so that nobody waits.
  private final class HastyClock: Clock {
    private let time = Mutex(Timestamp(milliseconds: 1_800_000_000_000))
    func now() -> Timestamp { time.withLock { $0 } }
    func sleep(_ interval: Interval) async { time.withLock { $0 = $0 + max(interval, .zero) } }
  }
}
