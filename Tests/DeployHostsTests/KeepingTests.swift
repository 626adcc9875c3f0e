import DeployCore
import DeployModel
import Foundation
import Testing

@testable import DeployHosts

@Suite("What a host keeps of a release, for whoever has its bundle no more", .serialized)
struct KeepingTests {
  private func staged(_ ground: Ground) async throws -> Release {
    let release = try ground.store.bundle(ReleaseTests.tree(ground), shared: [])
    let lock = DeployModel.Operation.lock(
      LockRequest(token: "t1", owner: "ann@desk", purpose: "deploy web of shop", fence: 1, lease: .seconds(60)))
    for (number, operation) in [lock, .stage(release)].enumerated() {
      let outcome = await ground.perform(number + 1, operation)
      #expect(outcome.failure == nil, "\(operation.verb): \(String(describing: outcome.failure))")
    }
    return release
  }

  @Test("its manifest and its files come as they were delivered, whatever the shell and the names", arguments: Shell.here)
  func whole(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    let release = try await staged(ground)
    let manifest = try await ground.hosts.manifest(of: release.id, on: ground.host, at: ground.path)
    #expect(try await manifest == ground.store.manifest(of: release.bundle))
    let files = manifest.items.filter { $0.kind == .file && $0.size > 0 }
    let parts = files.map { BundlePart(path: $0.path, offset: 0, count: $0.size) }
    let contents = try await ground.hosts.read(parts, of: release.id, on: ground.host, at: ground.path)
    for (file, bytes) in zip(files, contents) {
      let wanted = try await ground.store.content(of: try #require(file.digest))
      #expect(bytes == wanted, "\(file.path)")
    }
    let last = try #require(files.max { $0.size < $1.size })
    let end = BundlePart(path: last.path, offset: last.size - 1, count: 1)
    #expect(try await ground.hosts.read([end], of: release.id, on: ground.host, at: ground.path)[0].count == 1)
    await ground.end()
  }

  @Test("a file that is gone, or a pipe in its place, is refused by name before anything is read", arguments: Shell.here)
  func changed(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    let release = try await staged(ground)
    let folder = "\(ground.path)/releases/\(release.id)"
    func failure() async -> Failure? {
      do throws(Failure) { _ = try await ground.hosts.manifest(of: release.id, on: ground.host, at: ground.path) } catch { return error }
      return nil
    }
    _ = Ground.sh("cd '\(folder)' && rm key && mkfifo key")
    #expect(await failure()?.message == "key in release \(release.id) is not as it was delivered")
    _ = Ground.sh("cd '\(folder)' && rm key")
    #expect(await failure()?.kind == .corrupt)
    let gone = BundlePart(path: "key", offset: 0, count: 1)
    await #expect(throws: Failure.self) { _ = try await ground.hosts.read([gone], of: release.id, on: ground.host, at: ground.path) }
    _ = Ground.sh("rm '\(ground.path)/.lander/manifests/\(release.id)'")
    #expect(await failure() != nil)
    await ground.end()
  }
}
