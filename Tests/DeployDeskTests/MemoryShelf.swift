import DeployCore
import DeployDesk
import DeployModel
import Synchronization

/// Stores bundles and recipe sources in memory.
final class MemoryShelf: BundleShelf {
  private struct State {
    var manifests: [Digest: Manifest] = [:]
    var contents: [Digest: [UInt8]] = [:]
    var sources: [Digest: [SourceFile]] = [:]
    var stored: [StoredBundle] = []
  }
  private let state = Mutex(State())

  /// Returns a digest. In tests, different texts have different digests.
  static func digest(of bytes: some Sequence<UInt8>) -> Digest {
    let part = Hex.text(Fingerprint(of: bytes).number)
    return Digest(hex: part + part + part + part)
  }

  /// Packs files, given by their paths in the bundle.
  func pack(_ files: [(path: String, text: String)], from source: String) -> BuiltBundle {
    let items = files.sorted { $0.path < $1.path }.map { file in
      let bytes = Array(file.text.utf8)
      let digest = Self.digest(of: bytes)
      state.withLock { $0.contents[digest] = bytes }
      return Manifest.Item(path: file.path, kind: .file, mode: 0o644, size: bytes.count, digest: digest)
    }
    let digest = Self.digest(of: items.map { "\($0.path) \($0.digest?.hex ?? "")\n" }.joined().utf8)
    let bundle = Bundle(digest: digest, files: items.count, bytes: items.reduce(0) { $0 + $1.size }, source: source)
    let manifest = Manifest(items: items)
    state.withLock { state in
      state.manifests[digest] = manifest
      state.stored.removeAll { $0.bundle.digest == digest }
      state.stored.insert(StoredBundle(bundle: bundle, at: Timestamp(milliseconds: 0)), at: 0)
    }
    return BuiltBundle(bundle: bundle, manifest: manifest)
  }

  func release(of bundle: Digest, shared: [String]) -> Release {
    Release(id: Release.ID(Self.digest(of: (bundle.hex + shared.joined(separator: "\n")).utf8).short), bundle: bundle, shared: shared)
  }

  func manifest(of bundle: Digest) async throws(Failure) -> Manifest {
    guard let manifest = state.withLock({ $0.manifests[bundle] }) else { throw Failure(.missing, "no such bundle") }
    return manifest
  }

  func built(_ bundle: Digest) async throws(Failure) -> Timestamp { Timestamp(milliseconds: 0) }
  func archive(of bundle: Digest) async throws(Failure) -> String { throw Failure(.store, "bundles in memory have no archive") }

  func content(of file: Digest) async throws(Failure) -> [UInt8] {
    guard let bytes = state.withLock({ $0.contents[file] }) else { throw Failure(.missing, "no such file") }
    return bytes
  }

  func keep(_ sources: [SourceFile]) async throws(Failure) -> Digest {
    let digest = Self.digest(of: sources.map { $0.path + "\n" + $0.text }.joined(separator: "\n").utf8)
    state.withLock { $0.sources[digest] = sources }
    return digest
  }

  func sources(_ digest: Digest) async throws(Failure) -> [SourceFile] {
    guard let sources = state.withLock({ $0.sources[digest] }) else { throw Failure(.missing, "no such sources") }
    return sources
  }

  func list() throws(Failure) -> [StoredBundle] { state.withLock { $0.stored } }

  func inspect(_ prefix: String) throws(Problems) -> (stored: StoredBundle, manifest: Manifest) {
    let found = state.withLock { state in
      state.stored.first { $0.bundle.digest.hex.hasPrefix(prefix) }.flatMap { one in state.manifests[one.bundle.digest].map { (one, $0) } }
    }
    guard let found else { throw Problems(Problem("no bundle begins with \"\(prefix)\"", subject: prefix)) }
    return found
  }

  func take(
    _ bundle: Digest, _ manifest: Manifest, from source: String,
    reading read: @escaping @Sendable ([BundlePart]) async throws(Failure) -> [[UInt8]]
  ) async throws(Failure) {
    let files = manifest.items.filter { $0.kind == .file }
    let contents = try await read(files.map { BundlePart(path: $0.path, offset: 0, count: $0.size) })
    for (file, bytes) in zip(files, contents) where Self.digest(of: bytes) != file.digest {
      throw Failure(.corrupt, "\(file.path) is not as it was delivered")
    }
    let texts = zip(files, contents).map { (path: $0.path, text: String(decoding: $1, as: UTF8.self)) }
    guard pack(texts, from: source).bundle.digest == bundle else { throw Failure(.corrupt, "that is another bundle") }
  }

  func verify(_ bundle: Digest?) async throws(Failure) -> [Problem] { [] }

  func prune(keep: Int, inUse: [Digest]) async throws(Failure) -> Pruned {
    state.withLock { state in
      let kept = Set(state.stored.prefix(keep).map(\.bundle.digest) + inUse)
      let gone = state.stored.filter { !kept.contains($0.bundle.digest) }
      state.stored.removeAll { !kept.contains($0.bundle.digest) }
      return Pruned(bundles: gone, files: gone.count, bytes: 0)
    }
  }
}
