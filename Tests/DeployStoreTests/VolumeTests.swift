import DeployCore
import DeployModel
import Foundation
import Testing

@testable import DeployStore

@Suite("Contents of many files in one")
struct VolumeTests {
  let b: Bundling
  init() throws { b = try Bundling() }

  private var volumes: String { "\(b.folder.path)/state/bundles/volumes" }

  /// Returns a store as another process would open it in the same state folder.
  private func another() throws -> DirectoryBundleStore { try DirectoryBundleStore(in: b.folder.state()) }

  private func content(_ path: String, of built: BuiltBundle) throws -> Digest {
    try #require(built.manifest.items.first { $0.path == path }?.digest)
  }

  @Test("a build makes two files, however many it reads, and the next one two for what is new")
  func two() async throws {
    for number in 0..<40 { try b.write("content \(number)", to: "dist/f\(number)") }
    _ = try await b.build()
    #expect(Disk.ownNames(in: volumes).count == 2)
    _ = try await b.build()
    #expect(Disk.ownNames(in: volumes).count == 2)
    try b.write("new", to: "dist/f7")
    let built = try await b.build()
    #expect(Disk.ownNames(in: volumes).count == 4)
    #expect(try await another().content(of: content("f7", of: built)) == Array("new".utf8))
    #expect(try await another().verify().isEmpty)
  }

  @Test("a content of more than a piece is a file of its own, and nothing of it is in a volume")
  func large() async throws {
    let bytes = [UInt8](repeating: 7, count: BlobStore.chunk + 1)
    try b.write(bytes, to: "dist/large")
    let built = try await b.build()
    #expect(Disk.ownNames(in: volumes).isEmpty)
    #expect(try await b.store.content(of: content("large", of: built)) == bytes)
  }

  @Test("a content of either kind is read in parts, but only by its own digest and size")
  func parts() async throws {
    let contents = ["large": (0..<BlobStore.chunk + 9).map { UInt8(truncatingIfNeeded: $0 / 251) }, "small": Array("of a volume".utf8)]
    for (name, bytes) in contents { try b.write(bytes, to: "dist/\(name)") }
    let built = try await b.build()
    for (name, bytes) in contents {
      let digest = try content(name, of: built)
      let source = try #require(try await another().parts(of: digest, size: bytes.count))
      var room = [UInt8](repeating: 1, count: 6)
      room.withUnsafeMutableBytes { source.read(from: bytes.count - 4, into: $0) }
      #expect(room == bytes.suffix(4) + [0, 0], "\(name)")
      #expect(try await b.store.parts(of: digest, size: bytes.count + 1) == nil)
    }
    #expect(try await b.store.parts(of: Digest(hex: "../../manifests/x"), size: 3) == nil)
  }

  @Test("contents that an older version kept one by one are read, and kept no second time")
  func older() async throws {
    try b.write("old", to: "dist/a")
    let digest = Digest(of: "old")
    let folder = "\(b.folder.path)/state/bundles/blobs/\(digest.hex.prefix(2))"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try "old".write(toFile: "\(folder)/\(digest.hex)", atomically: true, encoding: .utf8)
    _ = try await b.build()
    #expect(Disk.ownNames(in: volumes).isEmpty)
    #expect(try await b.store.content(of: digest) == Array("old".utf8))
  }

  @Test(
    "a volume that is gone, cut off or not in its list's place makes its contents missing, and the next build keeps them anew",
    arguments: ["rm *[0-9]", "for f in *[0-9]; do : > $f; done", "for f in *.list; do echo nonsense > $f; done", "rm *.list"])
  func damaged(_ command: String) async throws {
    try b.write("abc", to: "dist/a")
    try b.write("def", to: "dist/b")
    let built = try await b.build()
    try b.sh("cd ../state/bundles/volumes && \(command)")
    let store = try another()
    for path in ["a", "b"] {
      let digest = try content(path, of: built)
      await #expect(throws: Failure.self) { try await store.content(of: digest) }
    }
    #expect(try await another().verify().count == 2)
    _ = try await store.build(Revision(source: .path("dist")), in: b.project, run: Bundling.run)
    #expect(try await store.verify().isEmpty)
    #expect(try await another().verify().isEmpty)
  }

  @Test("what another process pruned is built again, and what it put into a new volume is found")
  func pruned() async throws {
    try b.write("shared", to: "dist/shared")
    try b.write("own", to: "dist/own")
    let first = try await b.build()
    try b.write("other", to: "dist/own")
    let second = try await b.build()
    let other = try another()
    _ = try await other.prune(keep: 0, inUse: [second.bundle.digest])
    #expect(try await b.store.content(of: content("shared", of: second)) == Array("shared".utf8))
    let own = try content("own", of: first)
    await #expect(throws: Failure.self) { try await b.store.content(of: own) }
    try b.write("own", to: "dist/own")
    _ = try await b.build()
    #expect(try await other.verify().isEmpty)
  }

  @Test("a build that fails, or was killed before its list stood, leaves nothing that counts, and pruning removes it")
  func killed() async throws {
    try b.write("abc", to: "dist/a")
    try b.sh("ln -s /etc/passwd dist/link")
    await #expect(throws: Problems.self) { try await b.build() }
    #expect(Disk.ownNames(in: volumes).isEmpty && Disk.ownNames(in: "\(b.folder.path)/state/bundles/blobs/tmp").isEmpty)
    try b.sh("printf abc > ../state/bundles/volumes/1-2")
    _ = try await b.store.prune(keep: 0, inUse: [])
    #expect(Disk.ownNames(in: volumes).isEmpty)
  }
}
