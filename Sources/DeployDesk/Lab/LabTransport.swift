package import DeployCore
package import DeployModel

/// The transport to throwaway hosts. It refuses all other hosts, so that a lab never reaches a real host.
package struct LabTransport: Transport {
  private let inner: any Transport
  private let scene: LabScene

  package init(over inner: any Transport, in scene: LabScene) {
    self.inner = inner
    self.scene = scene
  }

  private func refusal(of host: Host) -> Failure? {
    let isOurs = host.isThisMachine && host.root?.hasPrefix(scene.ground.folder + "/") == true
    return isOurs ? nil : Failure(.invalid, "\(host.name) is no throwaway host, and a lab reaches no other one")
  }

  package func survey(_ host: Host, at path: String, application: String, group: String, shared: [String]) async -> Survey {
    if let refusal = refusal(of: host) { return .unreachable(refusal) }
    return await inner.survey(host, at: path, application: application, group: group, shared: shared)
  }

  package func greet(_ host: Host) async { if refusal(of: host) == nil { await inner.greet(host) } }

  package func compare(secretsOf receipt: Receipt, on host: Host, at path: String) async -> SecretComparison {
    if let refusal = refusal(of: host) { return SecretComparison(unknown: receipt.secrets?.map(\.name) ?? [], reason: refusal.message) }
    return await inner.compare(secretsOf: receipt, on: host, at: path)
  }

  package func receipts(of releases: [Release.ID], on host: Host, at path: String) async -> [Receipt] {
    refusal(of: host) == nil ? await inner.receipts(of: releases, on: host, at: path) : []
  }

  package func damage(of releases: [Release.ID], on host: Host, at path: String) async -> [ReleaseDamage] {
    refusal(of: host) == nil ? await inner.damage(of: releases, on: host, at: path) : []
  }

  package func perform(_ intent: Intent, at site: HostSite, output: @escaping @Sendable (OutputChunk) -> Void) async -> Outcome {
    if let refusal = refusal(of: site.host) { return Outcome(failure: refusal) }
    if let outcome = scene.outcome(of: intent, on: site.host.name) { return outcome }
    if case .check(let check) = intent.operation, let outcome = scene.outcome(of: check) { return outcome }
    var placed = intent
    do throws(Failure) { placed.operation = try LabOperation(scene, at: site).placed(intent) } catch {
      return Outcome(failure: error)
    }
    return await inner.perform(placed, at: site, output: output)
  }

  package func cancel(_ intent: Int, at site: HostSite) async { await inner.cancel(intent, at: site) }
  package func keepLock(at site: HostSite) async { await inner.keepLock(at: site) }
  package func close() async { await inner.close() }
}
