import DeployCore
import DeployDesk
import DeployHosts
import DeployModel
import DeployStore

extension Hosts: HostExchange {}

extension Hosts: ReleaseReader {}

extension Hosts: HostWatch {
  func listen(_ heard: @escaping @Sendable (HostNotice) -> Void) {
    listen { (notice: Notice) in heard(HostNotice(notice)) }
  }

  func verify(_ host: Host, at path: String, current: Release.ID) async throws(Failure) -> Verification {
    try await verify(host, at: path, current: current, digest: { $0.digest })
  }
}

extension HostNotice {
  fileprivate init(_ notice: Hosts.Notice) {
    switch notice {
    case .away(let host, let failure, let patience): self = .away(host, failure, patience: patience)
    case .back(let host, let interval): self = .back(host, after: interval)
    case .waiting(let host, let jobs, let ending): self = .waiting(host, for: jobs, ending: ending)
    case .sent(let host, let bytes, let total): self = .sent(host, bytes: bytes, of: total)
    }
  }
}

/// Provides the secrets of the providers, and keeps their values out of the output of hosts.
struct VaultSecrets: SecretKeeper {
  let providers: SecretProviders
  let hosts: Hosts

  func missing(of names: [String]) async -> [Problem] { await providers.missing(of: names) }
  func expect(_ names: [String]) async throws(Failure) { try await hosts.expect(secrets: names) }
}
