import Foundation
import Testing

@testable import DeployHosts

@Suite("Temporary folders of the engine machine")
struct TemporaryFolderTests {
  /// Makes a folder named like a temporary one, old enough that its owner has had time to lock it.
  private static func folder(in base: URL, _ name: String, age: TimeInterval = 3600) throws -> URL {
    let folder = base.appending(path: name)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try Data("secret".utf8).write(to: folder.appending(path: "in"))
    try FileManager.default.setAttributes([.modificationDate: Date(timeIntervalSinceNow: -age)], ofItemAtPath: folder.path)
    return folder
  }

  @Test("what a killed engine left goes; what is held, just made, or not ours by name stays")
  func sweep() throws {
    let base = FileManager.default.temporaryDirectory.appending(path: "sweep-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: base) }
    let left = try Self.folder(in: base, "lander-temporary-abcdef")
    let held = try Self.folder(in: base, "lander-temporary-ghijkl")
    let fresh = try Self.folder(in: base, "lander-temporary-mnopqr", age: 1)
    let other = try Self.folder(in: base, "lander-backup")
    let descriptor = open(held.path, O_RDONLY)
    defer { close(descriptor) }
    try #require(flock(descriptor, LOCK_EX) == 0)
    TemporaryFolder.sweep(base.path)
    #expect([left, held, fresh, other].map { FileManager.default.fileExists(atPath: $0.path) } == [false, true, true, true])
  }

  @Test("one in use is held, and gone with its files when its operation ends")
  func use() throws {
    let folder = try TemporaryFolder()
    try Data("x".utf8).write(to: URL(filePath: folder.path + "/part"))
    let descriptor = open(folder.path, O_RDONLY)
    #expect(flock(descriptor, LOCK_EX | LOCK_NB) != 0)
    close(descriptor)
    folder.remove()
    #expect(!FileManager.default.fileExists(atPath: folder.path))
  }
}
