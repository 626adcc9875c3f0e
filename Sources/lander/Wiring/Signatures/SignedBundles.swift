import DeployCore
import DeployDesk
import DeployModel
import Synchronization

/// The store from which hosts get bundles. If the policy demands signatures, no part of a bundle leaves this machine before the bundle's
/// signature has been checked. Plans with unsigned bundles are refused earlier. This check also covers deployments that were planned
/// before, such as a resumed deployment.
final class SignedBundles: BundleStore {
  private let store: any BundleStore
  private let trust: any BundleTrust
  /// The bundles that were checked. The policy is read once for each bundle.
  private let good = Mutex<Set<Digest>>([])

  init(_ store: any BundleStore, _ trust: any BundleTrust) {
    self.store = store
    self.trust = trust
  }

  private func check(_ bundle: Digest) throws(Failure) {
    if good.withLock({ $0.contains(bundle) }) { return }
    do throws(Problems) { _ = try trust.signer(of: bundle) } catch {
      throw Failure(.notPermitted, error.list.map(\.message).joined(separator: "; "), fix: error.list.first?.fix)
    }
    good.withLock { _ = $0.insert(bundle) }
  }

  func manifest(of bundle: Digest) async throws(Failure) -> Manifest {
    try check(bundle)
    return try await store.manifest(of: bundle)
  }

  func built(_ bundle: Digest) async throws(Failure) -> Timestamp { try await store.built(bundle) }

  func archive(of bundle: Digest) async throws(Failure) -> String {
    try check(bundle)
    return try await store.archive(of: bundle)
  }

  func tar(of bundle: Digest) async throws(Failure) -> (any BundleTar)? {
    try check(bundle)
    return try await store.tar(of: bundle)
  }

  func place(of name: String, with bundle: Digest) -> String? { store.place(of: name, with: bundle) }
  func content(of file: Digest) async throws(Failure) -> [UInt8] { try await store.content(of: file) }
  func parts(of file: Digest, size: Int) async throws(Failure) -> (any ByteSource)? { try await store.parts(of: file, size: size) }
  func keep(_ sources: [SourceFile]) async throws(Failure) -> Digest { try await store.keep(sources) }
  func sources(_ digest: Digest) async throws(Failure) -> [SourceFile] { try await store.sources(digest) }
}
