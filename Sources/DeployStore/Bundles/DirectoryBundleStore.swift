package import DeployCore
package import DeployModel
import Glibc

/// Stores bundles and recipe sources in folders of the state folder, each under its digest. Every file is put in place by a rename, so
/// every file that exists is complete, even if a build was killed.
package struct DirectoryBundleStore: BundleStore {
  let state: StateDirectory
  let limits: BundleLimits
  let blobs: BlobStore
  private let archives: Archives
  /// Returns whether a string is a signature of a bundle, by any key.
  let isSignature: SignatureTest

  package typealias SignatureTest = @Sendable (_ text: String, _ bundle: Digest) -> Bool

  /// - Throws: an error that names the folder that cannot be created.
  package init(
    in state: StateDirectory, limits: BundleLimits = BundleLimits(), isSignature: @escaping SignatureTest = { _, _ in true }
  ) throws(Problems) {
    self.state = state
    self.limits = limits
    self.isSignature = isSignature
    blobs = BlobStore(in: state.bundles)
    archives = Archives(bundles: state.bundles, blobs: blobs)
    do throws(Failure) {
      try blobs.prepare()
      for folder in [manifests, "\(state.bundles)/archives"] { try Disk.makeFolder(folder) }
    } catch {
      throw Problems(Problem(error.message, subject: state.bundles, fix: error.fix), exit: .infrastructure)
    }
  }

  var manifests: String { "\(state.bundles)/manifests" }

  /// - Throws: `missing` if the store does not have the bundle, or `corrupt` if the bundle's manifest was changed.
  package func manifest(of bundle: Digest) async throws(Failure) -> Manifest { try storedManifest(bundle) }

  package func built(_ bundle: Digest) async throws(Failure) -> Timestamp {
    // A build that gives the same bundle again leaves this file unchanged.
    guard let status = Disk.status("\(manifests)/\(bundle.hex)") else { throw Disk.failure("look at the bundle", bundle.hex, ENOENT) }
    return status.modified
  }

  func storedManifest(_ bundle: Digest) throws(Failure) -> Manifest {
    let path = "\(manifests)/\(bundle.hex)"
    guard Self.isHex(bundle.hex), Disk.exists(path) else {
      throw Failure(.missing, "the store does not have the bundle \(bundle)", fix: "build it again: lander bundle build")
    }
    let bytes = try Disk.read(path)
    guard Digest(of: bytes) == bundle else {
      throw Failure(
        .corrupt, "the manifest of the bundle \(bundle) is not what was stored: \(path)", fix: "remove the file and build the bundle again")
    }
    return try Manifest(text: String(decoding: bytes, as: UTF8.self))
  }

  package func archive(of bundle: Digest) async throws(Failure) -> String {
    try await archives.path(of: bundle, try storedManifest(bundle))
  }

  package func tar(of bundle: Digest) async throws(Failure) -> (any BundleTar)? {
    StoredTar(of: bundle, try storedManifest(bundle), blobs)
  }

  package func place(of name: String, with bundle: Digest) -> String? { "\(state.bundles)/archives/\(bundle.hex).\(name)" }

  package func content(of file: Digest) async throws(Failure) -> [UInt8] {
    guard Self.isHex(file.hex) else { throw Failure(.invalid, "\"\(file.hex)\" is no digest") }
    return try blobs.content(of: file)
  }

  package func parts(of file: Digest, size: Int) async throws(Failure) -> (any ByteSource)? {
    // The digest can come from a host's record of a release.
    guard Self.isHex(file.hex) else { return nil }
    return blobs.parts(of: file, size: size)
  }

  /// Returns the release of a bundle on hosts. Its id is the first 12 digits of a SHA-256 over the bundle's digest and the shared paths,
  /// each on a line of its own.
  package static func release(of bundle: Digest, shared: [String]) -> Release {
    Release(id: Release.ID(Digest(of: bundle.hex + "\n" + shared.joined(separator: "\n")).short), bundle: bundle, shared: shared)
  }

  static func isHex(_ text: String) -> Bool {
    text.utf8.count == 64
      && text.utf8.allSatisfy { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 || UInt8(ascii: "a")...UInt8(ascii: "f") ~= $0 }
  }
}

/// Stores the sources of recipes. All files of one recipe's sources are stored together, under a single digest.
extension DirectoryBundleStore {
  /// Returns the digest of sources. The order of the sources does not matter, because they are sorted by path first.
  package static func digest(of sources: [SourceFile]) -> Digest { Digest(of: coded(sources)) }

  private static func coded(_ sources: [SourceFile]) -> [UInt8] {
    let sorted = sources.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    // Strings and arrays always have a JSON form.
    return (try? CompactJSON.encode(sorted)) ?? []
  }

  package func keep(_ sources: [SourceFile]) async throws(Failure) -> Digest {
    let bytes = Self.coded(sources)
    let digest = Digest(of: bytes)
    let path = "\(state.sources)/\(digest.hex).json"
    if Disk.status(path)?.size != bytes.count { try Disk.write(bytes, to: path) }
    return digest
  }

  package func sources(_ digest: Digest) async throws(Failure) -> [SourceFile] {
    let path = "\(state.sources)/\(digest.hex).json"
    guard Self.isHex(digest.hex), Disk.exists(path) else {
      throw Failure(
        .missing, "the store does not have the recipe sources \(digest)",
        fix: "hosts that ran them have them too: use the recipe kept there")
    }
    let bytes = try Disk.read(path)
    guard Digest(of: bytes) == digest, let sources = try? CompactJSON.decode([SourceFile].self, from: bytes) else {
      throw Failure(.corrupt, "the recipe sources \(digest) are not what was stored: \(path)")
    }
    return sources
  }
}

/// Makes the compressed archives of bundles. Each archive is made only once, no matter how many hosts need it at the same time.
private actor Archives {
  private let bundles: String
  private let blobs: BlobStore
  private var making: [Digest: Task<Result<String, Failure>, Never>] = [:]

  init(bundles: String, blobs: BlobStore) {
    self.bundles = bundles
    self.blobs = blobs
  }

  func path(of bundle: Digest, _ manifest: Manifest) async throws(Failure) -> String {
    let path = "\(bundles)/archives/\(bundle.hex).tar.gz"
    if let task = making[bundle] { return try await task.value.get() }
    if Disk.exists(path) { return path }
    let (blobs, bundles) = (blobs, bundles)
    let task = Task {
      do throws(Failure) {
        let lock = try await BundleLock(in: bundles, exclusive: false)
        defer { lock.release() }
        try Self.make(manifest, blobs, at: path)
        return Result<String, Failure>.success(path)
      } catch {
        return .failure(error)
      }
    }
    making[bundle] = task
    let result = await task.value
    making[bundle] = nil
    return try result.get()
  }

  private static func make(_ manifest: Manifest, _ blobs: BlobStore, at path: String) throws(Failure) {
    let temporary = Disk.temporaryName(for: path)
    do throws(Failure) {
      let file = try OpenFile(temporary, O_WRONLY | O_CREAT | O_EXCL)
      let gzip = try GzipWriter(level: 1) { bytes throws(Failure) in try file.write(bytes) }
      try TarWriter(manifest: manifest, blobs: blobs).write { bytes throws(Failure) in try gzip.write(bytes) }
      try gzip.finish()
      try file.sync()
      try Disk.move(temporary, to: path)
    } catch {
      unlink(temporary)
      throw error
    }
  }
}
