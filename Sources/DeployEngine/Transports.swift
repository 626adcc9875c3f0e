package import DeployCore
package import DeployModel

/// The transports, by the names that `Host.transport` uses. Each call goes to the transport of its host, so callers need not know which
/// transport a host has.
package struct Transports: Transport {
  /// A value of `Host.transport`, and the transport that it names.
  package struct Entry: Sendable {
    let name: String
    let transport: any Transport
    package init(_ name: String, _ transport: any Transport) {
      self.name = name
      self.transport = transport
    }
  }
  private let entries: [Entry]
  private let shells: any Transport

  /// - Parameters:
  ///   - entries: the transports that come with Lander. If two have the same name, the first counts.
  ///   - shells: the transport to hosts that use a plugin's transport. It reaches these hosts by their argv.
  package init(_ entries: [Entry], shells: any Transport) {
    self.entries = entries
    self.shells = shells
  }

  /// Returns the transport to a host.
  /// - Throws: a failure of kind `invalid` if the name is unknown. Its fix lists the known names.
  private func transport(to host: Host) throws(Failure) -> any Transport {
    if host.argv != nil { return shells }
    if let entry = entries.first(where: { $0.name.isExactly(host.transport) }) { return entry.transport }
    throw Failure(
      .invalid, "host \(host.name): there is no transport \"\(host.transport)\"",
      fix: NearMatch.hint(host.transport, among: entries.map(\.name))
        ?? "declare it: transport \"\(host.transport)\" (function(host) … end)")
  }

  package func survey(_ host: Host, at path: String, application: String, group: String, shared: [String]) async -> Survey {
    do throws(Failure) {
      return try await transport(to: host).survey(host, at: path, application: application, group: group, shared: shared)
    } catch { return .unreachable(error) }
  }

  package func greet(_ host: Host) async { await (try? transport(to: host))?.greet(host) }

  package func refusal(of users: [String], on host: Host) async -> Failure? {
    do throws(Failure) { return try await transport(to: host).refusal(of: users, on: host) } catch { return error }
  }

  package func compare(secretsOf receipt: Receipt, on host: Host, at path: String) async -> SecretComparison {
    do throws(Failure) { return try await transport(to: host).compare(secretsOf: receipt, on: host, at: path) } catch {
      return SecretComparison(unknown: receipt.secrets?.map(\.name) ?? receipt.inputs.secrets, reason: error.message)
    }
  }

  package func receipts(of releases: [Release.ID], on host: Host, at path: String) async -> [Receipt] {
    guard let transport = try? transport(to: host) else { return [] }
    return await transport.receipts(of: releases, on: host, at: path)
  }

  package func damage(of releases: [Release.ID], on host: Host, at path: String) async -> [ReleaseDamage] {
    guard let transport = try? transport(to: host) else { return [] }
    return await transport.damage(of: releases, on: host, at: path)
  }

  package func perform(_ intent: Intent, at site: HostSite, output: @escaping @Sendable (OutputChunk) -> Void) async -> Outcome {
    do throws(Failure) { return try await transport(to: site.host).perform(intent, at: site, output: output) } catch {
      return Outcome(failure: error)
    }
  }

  package func run(
    _ part: CommandPart, of intent: Intent, at site: HostSite, output: @escaping @Sendable (OutputChunk) -> Void
  ) async -> CommandPartEnd {
    do throws(Failure) { return try await transport(to: site.host).run(part, of: intent, at: site, output: output) } catch {
      return CommandPartEnd(Outcome(failure: error))
    }
  }

  package func cancel(_ intent: Int, at site: HostSite) async {
    guard let transport = try? transport(to: site.host) else { return }
    await transport.cancel(intent, at: site)
  }

  package func keepLock(at site: HostSite) async {
    guard let transport = try? transport(to: site.host) else { return }
    await transport.keepLock(at: site)
  }

  package func entrust(_ parked: Parked, _ bytes: [UInt8]?, at site: HostSite) async throws(Failure) {
    try await transport(to: site.host).entrust(parked, bytes, at: site)
  }

  package func close() async {
    for transport in entries.map(\.transport) + [shells] { await transport.close() }
  }
}
