package import DeployCore
package import DeployModel

/// The transport for all hosts that give a shell, no matter how the shell is reached. Each host runs a host program, which performs
/// operations and reports their outcomes.
package final class Hosts: Transport {
  private struct State {
    var links: [Reach: HostLink] = [:]
    var flights: [Flight.Key: Flight] = [:]
    var listener: (@Sendable (Notice) -> Void)?
    var isClosed = false
  }
  /// A notice to a listener about something that happens between operations.
  package enum Notice: Sendable {
    /// A host that had answered before became unreachable. Lander keeps trying to reach it for `patience`.
    case away(String, Failure, patience: Interval)
    case back(String, after: Interval)
    /// A host does not grant its lock until the jobs of earlier deployments have ended. Lander waits for these jobs, or ends them if
    /// `ending` is true.
    case waiting(String, for: String, ending: Bool)
    /// The host has received `bytes` bytes of a pack whose size is `of`.
    case sent(String, bytes: Int, of: Int)
  }
  let options: Options
  let store: any BundleStore
  let vault: Vault
  let program = HostProgram()
  /// Receives the messages that hosts deliver when locks are renewed.
  package let inbox: HostInbox
  let shelf = PackShelf()
  private let reactor = Reactor()
  private let admission: Admission
  private let state = Guarded(State())

  /// Returns the `TRACEPARENT` of a command, or nil if the variable should not be set. The parameters are the deployment, the host, and the
  /// lifecycle event, which is nil if the command is outside any event.
  package typealias TraceOf = @Sendable (Deployment.ID, String?, LifecycleEvent?) -> String?
  let trace: TraceOf

  /// Makes a transport that has not reached any host yet. `close` ends everything that the transport opens.
  /// - Parameter complain: called with each file that is in an inbox but is not a message.
  package init(
    options: Options = Options(), store: any BundleStore, vault: Vault,
    complain: @escaping @Sendable (Problem) -> Void = { _ in }, trace: @escaping TraceOf = { _, _, _ in nil }
  ) {
    self.trace = trace
    inbox = HostInbox(complain: complain)
    self.options = options
    self.store = store
    self.vault = vault
    admission = Admission(options.admitted)
  }

  package func close() async {
    let links = state.with { state in
      state.isClosed = true
      defer { state.links = [:] }
      return Array(state.links.values)
    }
    for link in links { await link.close() }
    reactor.stop()
  }

  /// Reads the values of these secrets and hides them in all output from now on. An engine that resumes a deployment needs this, because it
  /// would otherwise not know the values that the earlier engine put on hosts.
  package func expect(secrets names: [String]) async throws(Failure) {
    for name in names { _ = try await vault.value(of: name) }
  }

  /// Sends notices to the listener from now on.
  package func listen(_ listener: @escaping @Sendable (Notice) -> Void) { state.with { $0.listener = listener } }

  func tell(_ notice: Notice) { state.with { $0.listener }?(notice) }

  /// Returns the link to a host. If there is none, makes one.
  /// - Throws: kind `invalid` if the host's transport gives no shell, or `cancelled` if this transport has been closed, because then nobody
  ///   would close a new channel.
  func link(to host: DeployModel.Host) throws(Failure) -> HostLink {
    let reach = try Reach(host, options: options)
    return try state.with { state throws(Failure) in
      if state.isClosed { throw Failure(.cancelled, "the transport was closed") }
      if let link = state.links[reach] { return link }
      let link = HostLink(reach, options: options, reactor: reactor, admission: admission, program: program, inbox: inbox) {
        [weak self] notice in
        self?.tell(notice)
      }
      state.links[reach] = link
      return link
    }
  }

  /// Returns the process id of the client that holds the channel to a host, or nil if no channel is open.
  package func client(of host: DeployModel.Host) async -> Int32? { await (try? link(to: host))?.client }

  package func perform(_ intent: Intent, at site: HostSite, output: @escaping @Sendable (OutputChunk) -> Void) async -> Outcome {
    await fly(intent, at: site, output: output) { errand in await self.perform(errand) }
  }

  /// Performs an intent with `body`. Ends the intent if it times out or is cancelled.
  func fly(
    _ intent: Intent, at site: HostSite, output: @escaping @Sendable (OutputChunk) -> Void,
    by body: @Sendable (Errand) async -> Outcome
  ) async -> Outcome {
    let clock = ContinuousClock()
    let start = clock.now
    var outcome: Outcome
    do throws(Failure) {
      if let nonsense = site.nonsense(in: intent) { throw nonsense }
      let link = try link(to: site.host)
      let key = Flight.Key(reach: link.reach, path: site.path, deployment: site.deployment, intent: intent.id)
      let flight = Flight(limit: intent.timeout)
      state.with { $0.flights[key] = flight }
      let errand = Errand(intent: intent, site: site, link: link, flight: flight, output: output)
      await keepLock(errand)
      outcome = await body(errand)
      if site.mayUseReserve, outcome.failure?.kind == .noSpace, await spare(errand) { outcome = await body(errand) }
      state.with { $0.flights[key] = nil }
      if flight.isLate, let failure = outcome.failure, failure.kind == .timeout, let trouble = await link.trouble {
        outcome.failure = Failure(.timeout, "\(failure.message): \(trouble)", fix: "lander hosts tries the host and says what is wrong")
      }
    } catch { outcome = Outcome(failure: error) }
    if let failure = outcome.failure {
      outcome.failure?.message = vault.clean(failure.message)
      outcome.failure?.fix = failure.fix.map(vault.clean)
    }
    outcome.duration = Interval(clock.now - start)
    return outcome
  }

  package func cancel(_ intent: Int, at site: HostSite) async {
    guard let reach = try? Reach(site.host, options: options) else { return }
    let key = Flight.Key(reach: reach, path: site.path, deployment: site.deployment, intent: intent)
    await state.with { $0.flights[key] }?.cancel()
  }

  package func keepLock(at site: HostSite) async {
    guard let link = try? link(to: site.host) else { return }
    await link.remember()
    await link.adopt(site.path, token: site.token)
  }

  /// Marks the host as already reached. If this process does not yet renew the lock under which the operation works, starts to renew it.
  /// That is the case after a resume, because another process took the lock.
  private func keepLock(_ errand: Errand) async {
    guard errand.site.fence >= 0, !errand.site.token.isEmpty else { return }
    await errand.link.remember()
    switch errand.intent.operation {
    // A parked deployment has no engine until one of its hosts has chosen an engine.
    case .lock, .unlock, .unpark: return
    default: break
    }
    guard !errand.intent.operation.isProbe else { return }
    await errand.link.adopt(errand.site.path, token: errand.site.token)
  }

  /// Frees the host's disk reserve. Returns whether there was a reserve. If there was, an operation that failed because the disk was full
  /// can be repeated.
  private func spare(_ errand: Errand) async -> Bool {
    (try? await errand.link.demand("l_spare", [errand.site.path]).text.trimmed) == "freed"
  }

  private func perform(_ errand: Errand) async -> Outcome {
    switch errand.intent.operation {
    case .run(let command): return await run(command, errand)
    case .check(let check): return await ask(check, errand)
    default:
      // An operation gets time to end in an orderly way if it has jobs on the host or has to give back a lock. Other operations do not.
      let slack =
        switch errand.intent.operation {
        case .stage, .upload, .discard, .prune, .remove: options.grace + options.grace + .seconds(10)
        case .lock: Interval.seconds(5)
        default: Interval.zero
        }
      return await errand.flight.race(slack: slack) { await self.outcome { () async throws(Failure) in try await self.route(errand) } }
    }
  }

  private func route(_ errand: Errand) async throws(Failure) -> Outcome {
    switch errand.intent.operation {
    case .run, .check: throw Failure(.internal, "a job on the way of short operations")
    case .http: throw Failure(.invalid, "`http` is asked from the engine's machine, and never of a host")
    case .read(let path, let limit): try await read(path, limit, errand)
    case .exists(let path): try await exists(path, errand)
    case .write(let path, let content, let mode, let owner): try await write(path, content, mode, owner, errand)
    case .link(let target, let path): try await link(target, path, errand)
    case .upload(let from, let to): try await upload(from, to, errand)
    case .download(let from, let to): try await download(from, to, errand)
    case .stage(let release): try await stage(release, errand)
    case .activate(let release): try await activate(release, errand)
    case .relink(let text): try await activate(nil, link: text, errand)
    case .discard(let release): try await discard(release, errand)
    case .prune(let keep, let pinned): try await prune(keep, pinned, errand)
    case .remove(let shared): try await remove(shared: shared, errand)
    case .record(let receipt): try await record(receipt, errand)
    case .lock(let request): try await lock(request, errand)
    case .unlock(let token, let good, let left): try await unlock(token, good: good, left: left, errand)
    case .park(let request): try await park(request, errand)
    case .unpark(let request): try await unpark(request, errand)
    case .mark(let request): try await mark(request, errand)
    case .sources(let digest): try await sources(digest, errand)
    case .appspec: throw Failure(.internal, "an appspec step is made of commands and never asked of a host as a whole")
    }
  }

  func outcome(_ body: () async throws(Failure) -> Outcome) async -> Outcome {
    do { return try await body() } catch { return Outcome(failure: error) }
  }
}

/// One running operation: the request, its deployment, and the link that it uses.
struct Errand: Sendable {
  let intent: Intent
  let site: HostSite
  let link: HostLink
  let flight: Flight
  let output: @Sendable (OutputChunk) -> Void

  /// The first arguments of every function that changes something: `PATH FENCE TOKEN`.
  var claim: [String] { [site.path, "\(site.fence)", site.token] }
  /// The first arguments of a function that also has to know the operation: `PATH FENCE TOKEN DEPLOYMENT INTENT`.
  var named: [String] { claim + [site.deployment.rawValue, "\(intent.id)"] }
  /// The operation's own folder for uploads. Because it is separate, another operation with the same bytes cannot remove them.
  var room: String { "\(site.deployment).\(intent.id)" }
  /// The folder in which commands run. Relative paths start there.
  var folder: String { site.folder(of: intent) }
  /// Returns the path on the host for a path that the recipe wrote.
  func place(_ path: String) throws(Failure) -> String { try site.place(path, of: intent) }
}
