import DeployModel
import DeployStore
import Foundation

/// A project folder and a bundle store for tests.
struct Bundling {
  let folder: TemporaryFolder
  let store: DirectoryBundleStore
  var project: String { folder.path + "/project" }

  init(limits: BundleLimits = BundleLimits()) throws {
    folder = try TemporaryFolder()
    store = try DirectoryBundleStore(in: folder.state(), limits: limits)
    try FileManager.default.createDirectory(atPath: project, withIntermediateDirectories: true)
  }

  func write(_ text: String, to name: String, mode: Int = 0o644) throws {
    try folder.write(text, to: "project/\(name)")
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: "\(project)/\(name)")
  }

  func write(_ bytes: [UInt8], to name: String) throws { try folder.write(bytes, to: "project/\(name)") }

  @discardableResult
  func sh(_ line: String) throws -> Shell.Result {
    let result = try Shell.run(line, in: project)
    if result.status != 0 { throw Failure(.failed, "\(line): \(result.err)") }
    return result
  }

  static let run: Program.Runner = { program throws(Failure) in
    let line = program.argv.map { "'" + $0.replacingOccurrences(of: "'", with: "'\\''") + "'" }.joined(separator: " ")
    do {
      let ended = try Shell.run(line, in: program.directory)
      return Program.Ended(status: Int(ended.status), stdout: ended.out, stderr: ended.err)
    } catch {
      throw Failure(.missing, "\(error)")
    }
  }

  func build(_ path: String = "dist", ignore: [String] = [], build: String? = nil) async throws(Problems) -> BuiltBundle {
    try await store.build(Revision(source: .path(path), build: build, ignore: ignore), in: project, run: Self.run)
  }

  func build(git ref: String) async throws(Problems) -> BuiltBundle {
    try await store.build(Revision(source: .git(ref: ref, repository: ".")), in: project, run: Self.run)
  }

  /// Returns the problems of a source; empty: it could be built.
  func problems(_ path: String = "dist") async -> [Problem] {
    do throws(Problems) {
      _ = try await build(path)
      return []
    } catch {
      return error.list
    }
  }

  /// Describes a folder as text: the kind, mode and content or link target of each entry.
  func picture(of folder: String) throws -> String {
    try Shell.run(
      "find . -mindepth 1 -printf '%y %m %l %p\\0' | sort -z | tr '\\0' '\\n'; find . -type f -print0 | sort -z | xargs -0r sha256sum",
      in: folder
    ).out
  }
}

/// A generator whose numbers look random but are equal in every run.
struct Seeded: RandomNumberGenerator {
  var state: UInt64
  init(_ seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }
  mutating func next() -> UInt64 {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return state &* 0x2545_F491_4F6C_DD1D
  }
}
