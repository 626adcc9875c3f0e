import DeployModel
import DeployStore
import Foundation
import Synchronization
import Testing

/// Bundles that are taken from hosts and not from a build.
struct TakenBundleTests {
  /// Reads parts of files in a folder, and records which parts were requested.
  private final class Folder: Sendable {
    let path: String
    private let parts = Mutex<[BundlePart]>([])
    var asked: [BundlePart] { parts.withLock { $0 } }
    init(_ path: String) { self.path = path }

    func read(_ wanted: [BundlePart]) throws(Failure) -> [[UInt8]] {
      parts.withLock { $0 += wanted }
      return wanted.map { part in
        let bytes = Array(FileManager.default.contents(atPath: "\(path)/\(part.path)") ?? Data())
        return Array(bytes.dropFirst(part.offset).prefix(part.count))
      }
    }
  }

  private func bundling() throws -> Bundling {
    let bundling = try Bundling()
    try bundling.write("one\n", to: "dist/a")
    try bundling.write("one\n", to: "dist/same", mode: 0o755)
    try bundling.write("", to: "dist/empty")
    try bundling.write((0..<2_700_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }, to: "dist/deep/large")
    try bundling.sh("ln -s a dist/link")
    return bundling
  }

  @Test("a bundle that comes file by file is the one that was built, and what the store has already is not asked for")
  func taken() async throws {
    let (origin, other) = (try bundling(), try Bundling())
    let built = try await origin.build()
    let folder = Folder(origin.project + "/dist")
    try await other.store.take(built.bundle.digest, built.manifest, from: "h1") { parts throws(Failure) in try folder.read(parts) }
    let (stored, manifest) = try other.store.inspect(built.bundle.digest.hex)
    #expect(manifest == built.manifest && stored.bundle.source == "h1" && stored.bundle.bytes == built.bundle.bytes)
    #expect(try await other.store.verify(nil).isEmpty)
    #expect(folder.asked.filter { $0.path != "deep/large" } == [BundlePart(path: "a", offset: 0, count: 4)], "\(folder.asked)")
    #expect(folder.asked.filter { $0.path == "deep/large" }.map(\.count).reduce(0, +) == 2_700_000)
    let count = folder.asked.count
    try await other.store.take(built.bundle.digest, built.manifest, from: "h2") { parts throws(Failure) in try folder.read(parts) }
    #expect(folder.asked.count == count)
  }

  @Test("what is not what it should be is refused by name, and what came before it is not asked for again")
  func changed() async throws {
    let (origin, other) = (try bundling(), try Bundling())
    let built = try await origin.build()
    let folder = Folder(origin.project + "/dist")
    try origin.write("two\n", to: "dist/a")
    func take() async throws(Failure) {
      try await other.store.take(built.bundle.digest, built.manifest, from: "h1") { parts throws(Failure) in try folder.read(parts) }
    }
    var failure: Failure?
    do throws(Failure) { try await take() } catch { failure = error }
    #expect(failure?.kind == .corrupt && failure?.message == "a is not as it was delivered")
    #expect(throws: Problems.self) { try other.store.inspect(built.bundle.digest.hex) }
    try origin.write("one\n", to: "dist/a")
    let before = folder.asked.count
    try await take()
    #expect(folder.asked.dropFirst(before).allSatisfy { $0.path == "a" }, "\(folder.asked)")
  }

  @Test("another manifest than the bundle's is not believed, and neither is a path that leads out of it")
  func otherManifest() async throws {
    let (origin, other) = (try bundling(), try Bundling())
    let built = try await origin.build()
    var manifest = built.manifest
    manifest.items[0].path = "../out"
    let strange = manifest
    for digest in [built.bundle.digest, manifest.digest] {
      var failure: Failure?
      do throws(Failure) {
        try await other.store.take(digest, strange, from: "h1") { parts throws(Failure) in
          Issue.record("it was asked for \(parts)")
          return []
        }
      } catch { failure = error }
      #expect(failure?.kind == .corrupt)
    }
  }
}
