package import DeployCore
package import DeployModel
import Synchronization

/// A transport that performs appspec steps by means of another transport's commands, and passes everything else on to that transport. It
/// remembers nothing between two steps. Each command is a separate job on the host, and the order of the jobs is always the same. So an
/// engine that resumes a deployment finds the jobs of the earlier engine.
package final class AppSpecTransport: Transport {
  private let inner: any Transport
  private let flights = Mutex<[Key: RemoteAppSpecHost]>([:])

  private struct Key: Hashable {
    var deployment: Deployment.ID
    var host: String
    var intent: Int
    init(_ intent: Int, _ site: HostSite) {
      deployment = site.deployment
      host = site.host.name
      self.intent = intent
    }
  }

  package init(over inner: any Transport) { self.inner = inner }

  package func survey(_ host: DeployModel.Host, at path: String, application: String, group: String, shared: [String]) async -> Survey {
    await inner.survey(host, at: path, application: application, group: group, shared: shared)
  }

  package func greet(_ host: DeployModel.Host) async { await inner.greet(host) }

  package func refusal(of users: [String], on host: DeployModel.Host) async -> Failure? { await inner.refusal(of: users, on: host) }

  package func compare(secretsOf receipt: Receipt, on host: DeployModel.Host, at path: String) async -> SecretComparison {
    await inner.compare(secretsOf: receipt, on: host, at: path)
  }

  package func receipts(of releases: [Release.ID], on host: DeployModel.Host, at path: String) async -> [Receipt] {
    await inner.receipts(of: releases, on: host, at: path)
  }

  package func damage(of releases: [Release.ID], on host: DeployModel.Host, at path: String) async -> [ReleaseDamage] {
    await inner.damage(of: releases, on: host, at: path)
  }

  package func close() async { await inner.close() }

  package func keepLock(at site: HostSite) async { await inner.keepLock(at: site) }

  package func entrust(_ parked: Parked, _ bytes: [UInt8]?, at site: HostSite) async throws(Failure) {
    try await inner.entrust(parked, bytes, at: site)
  }

  package func cancel(_ intent: Int, at site: HostSite) async {
    guard let host = flights.withLock({ $0[Key(intent, site)] }) else { return await inner.cancel(intent, at: site) }
    await host.cancel()
  }

  package func perform(_ intent: Intent, at site: HostSite, output: @escaping @Sendable (OutputChunk) -> Void) async -> Outcome {
    guard case .appspec(let step) = intent.operation else { return await inner.perform(intent, at: site, output: output) }
    let clock = ContinuousClock()
    let start = clock.now
    let root = Self.root(at: site)
    let host = RemoteAppSpecHost(over: inner, for: intent, at: site, root: root, as: step.options.user, output: output)
    flights.withLock { $0[Key(intent.id, site)] = host }
    defer { flights.withLock { $0[Key(intent.id, site)] = nil } }
    var deployment = AppSpecDeployment(Self.request(step, at: site), root: root, on: host)
    var outcome = Outcome.done()
    do {
      try await Self.perform(step.phase, &deployment)
      await host.flushLog()
    } catch {
      await host.flushLog()
      outcome = host.broken.map { Outcome(failure: $0) } ?? Self.outcome(of: error)
    }
    outcome.warnings = host.warnings
    outcome.duration = Interval(clock.now - start)
    return outcome
  }

  /// Returns the folder on the host where installations of this group keep their state. As with the agent, the users that scripts run as
  /// can reach this folder.
  package static func root(at site: HostSite) -> EngineRoot {
    EngineRoot(path: HostPath(site.path).appending("appspec"), group: site.group.isEmpty ? "hosts" : site.group)
  }

  private static func request(_ step: AppSpecStep, at site: HostSite) -> AppSpecRequest {
    var request = AppSpecRequest(
      id: site.deployment, bundle: HostPath("\(site.path)/releases/\(step.release?.rawValue ?? "none")"), maxRevisions: max(1, step.keep),
      fileExistsBehavior: step.options.fileExists.rawValue.uppercased(), appSpecFile: step.options.file, application: site.application,
      groupName: site.group, restore: step.options.restore, ignoresStopFailures: step.options.ignoresStopFailures,
      refusesForeignLinks: step.options.foreignLinks == .refuse)
    request.isRelease = true
    return request
  }

  private static func perform(_ phase: AppSpecStep.Phase, _ deployment: inout AppSpecDeployment) async throws {
    switch phase {
    case .event(let event): try await deployment.perform(event.rawValue)
    case .back(let event): try await deployment.perform(event.rawValue, previous: true)
    case .undo: try await deployment.undo()
    case .forget: try await deployment.forget()
    case .remove: try await deployment.remove()
    }
  }

  private static func outcome(of error: any Error) -> Outcome {
    guard let failure = error as? DeploymentReport.Failure else {
      return .failed(.failed, (error as? SpecProblem)?.message ?? "\(error)")
    }
    let line = failure.line.map { "appspec line \($0): " } ?? ""
    var outcome = Outcome.failed(kind(of: failure), "\(line)\(failure.message)", fix: failure.fix)
    if let log = failure.log { outcome.stderr = Captured(text: log) }
    return outcome
  }

  private static func kind(of failure: DeploymentReport.Failure) -> Failure.Kind {
    switch SpecProblem.Category(rawValue: failure.category) {
    case .scriptFailed, .scriptNotExecutable: .command
    case .scriptTimedOut, .scriptOutputsLeftOpen: .timeout
    case .scriptMissing, .appSpecMissing, .unknownUser, .unknownGroup, .noEntry: .missing
    case .noSpace: .noSpace
    case .foreignLink: .notPermitted
    case .appSpecEmpty, .yaml, .version, .os, .structure, .files, .fileExistsBehavior, .behaviorInvalid, .bundleInvalid, .bundleEscapes,
      .hookLocation, .hookTimeout, .permissionObject, .permissionType, .permissionMode, .unknownEvent, .eventUndefined:
      .invalid
    default: .failed
    }
  }
}
