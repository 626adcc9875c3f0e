import DeployCore
import DeployModel
import Foundation

@testable import DeployHosts

/// A bundle store in memory, with archives that this machine's tar makes.
final class ShelfStore: BundleStore {
  private struct State {
    var manifests: [Digest: Manifest] = [:]
    var files: [Digest: [UInt8]] = [:]
    var archives: [Digest: String] = [:]
    /// The bundles in the order in which they were added.
    var order: [Digest] = []
    var sources: [Digest: [SourceFile]] = [:]
    var archivesAsked = 0
    var contentsAsked = 0
    var bytesRead = 0
  }
  private let state = Guarded(State())
  /// Holds reads of tars beyond an offset, or nil if none is held.
  let gate = Guarded<Gate?>(nil)
  private let folder: String
  init(folder: String) { self.folder = folder }

  var archivesAsked: Int { state.with { $0.archivesAsked } }
  var contentsAsked: Int { state.with { $0.contentsAsked } }
  /// The number of bytes of tars that were read.
  var bytesRead: Int { state.with { $0.bytesRead } }

  /// Packs a folder of this machine into a bundle, and returns a release of it.
  func bundle(_ source: String, shared: [String] = []) throws -> Release {
    var items: [Manifest.Item] = []
    try walk(source, "", &items)
    items.sort { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    let text = items.map { "\($0.kind) \($0.mode) \($0.path) \($0.digest?.hex ?? $0.target ?? "")\n" }.joined()
    let digest = Digest(hex: Hex.digest(Array(text.utf8)))
    let archive = "\(folder)/\(digest.short).tgz"
    _ = Ground.sh("tar -C '\(source)' -czf '\(archive)' .")
    state.with {
      $0.manifests[digest] = Manifest(items: items)
      $0.archives[digest] = archive
      if !$0.order.contains(digest) { $0.order.append(digest) }
    }
    let id = Hex.digest(Array((digest.hex + "\n" + shared.joined(separator: "\n")).utf8)).prefix(12)
    return Release(id: Release.ID(String(id)), bundle: digest, shared: shared)
  }

  private func walk(_ source: String, _ prefix: String, _ items: inout [Manifest.Item]) throws {
    for name in try Temporary.entries(of: source) {
      var status = stat()
      lstat("\(source)/\(name)", &status)
      let path = prefix + name
      let mode = Int(status.st_mode & 0o7777)
      switch status.st_mode & S_IFMT {
      case S_IFDIR:
        items.append(.init(path: path, kind: .directory, mode: mode))
        try walk("\(source)/\(name)", path + "/", &items)
      case S_IFLNK:
        let target = try FileManager.default.destinationOfSymbolicLink(atPath: "\(source)/\(name)")
        items.append(.init(path: path, kind: .link, mode: 0o777, target: target))
      default:
        let bytes = Array(FileManager.default.contents(atPath: "\(source)/\(name)") ?? Data())
        let digest = Digest(hex: Hex.digest(bytes))
        state.with { $0.files[digest] = bytes }
        items.append(.init(path: path, kind: .file, mode: mode, size: bytes.count, digest: digest))
      }
    }
  }

  func manifest(of bundle: Digest) async throws(Failure) -> Manifest {
    guard let manifest = state.with({ $0.manifests[bundle] }) else { throw Failure(.store, "no bundle \(bundle)") }
    return manifest
  }
  /// Returns a time in 2001 for the first bundle, and one hour more for each later bundle.
  func built(_ bundle: Digest) async throws(Failure) -> Timestamp {
    let number = state.with { $0.order.firstIndex(of: bundle) ?? 0 }
    return Timestamp(milliseconds: (981_173_106 + number * 3600) * 1000)
  }
  func archive(of bundle: Digest) async throws(Failure) -> String {
    guard
      let path = state.with({
        $0.archivesAsked += 1
        return $0.archives[bundle]
      })
    else { throw Failure(.store, "no bundle \(bundle)") }
    return path
  }
  func tar(of bundle: Digest) async throws(Failure) -> (any BundleTar)? {
    let (archive, unpacked) = (try await archive(of: bundle), "\(folder)/\(bundle.short).tar")
    // Two tasks may ask at once.
    _ = Ground.sh("[ -e '\(unpacked)' ] || { gzip -dc '\(archive)' >'\(unpacked).'$$ && mv '\(unpacked).'$$ '\(unpacked)'; }")
    let gate = gate.with { $0 }
    return MemoryTar(Array(FileManager.default.contents(atPath: unpacked) ?? Data())) { [state] start, count in
      state.with { $0.bytesRead += count }
      gate?.pass(to: start + count)
    }
  }
  func place(of name: String, with bundle: Digest) -> String? { "\(folder)/\(bundle.short).\(name)" }
  func content(of file: Digest) async throws(Failure) -> [UInt8] {
    guard
      let bytes = state.with({
        $0.contentsAsked += 1
        return $0.files[file]
      })
    else { throw Failure(.store, "no file \(file)") }
    return bytes
  }
  func parts(of file: Digest, size: Int) async throws(Failure) -> (any ByteSource)? {
    state.with { $0.files[file] }.flatMap { $0.count == size ? MemoryTar($0) : nil }
  }
  /// Forgets the content of a file.
  func drop(_ file: Digest) { state.with { $0.files[file] = nil } }
  func keep(_ sources: [SourceFile]) async throws(Failure) -> Digest {
    let digest = Digest(hex: Hex.digest(try Hosts.coded(sources)))
    state.with { $0.sources[digest] = sources }
    return digest
  }
  func sources(_ digest: Digest) async throws(Failure) -> [SourceFile] {
    guard let sources = state.with({ $0.sources[digest] }) else { throw Failure(.store, "no sources \(digest)") }
    return sources
  }
}

/// A tar archive, or the content of a file, in memory.
private struct MemoryTar: BundleTar {
  let bytes: [UInt8]
  /// Its `-` says that it is not the digest of the bytes, as with the archives of a real store.
  let name: String
  var size: Int { bytes.count }
  /// Is called before each read, with the offset and the number of bytes.
  let asked: @Sendable (Int, Int) -> Void
  init(_ bytes: [UInt8], asked: @escaping @Sendable (Int, Int) -> Void = { _, _ in }) {
    (self.bytes, self.asked, name) = (bytes, asked, "test-" + Hex.digest(bytes))
  }
  func verify() throws(Failure) {}
  func read(from start: Int, into buffer: UnsafeMutableRawBufferPointer) {
    asked(start, buffer.count)
    buffer.copyBytes(from: bytes[start..<start + buffer.count])
  }
}
