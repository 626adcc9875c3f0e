import DeployModel
import DeployStore
import Foundation
import Testing

@Suite("Upkeep of the bundle store")
struct BundleUpkeepTests {
  let b: Bundling
  init() throws { b = try Bundling() }

  /// Builds bundles that share one file and each have one file of their own.
  private func make(_ count: Int) async throws -> [BuiltBundle] {
    var built: [BuiltBundle] = []
    for number in 0..<count {
      try b.write("shared", to: "dist/shared")
      try b.write("own \(number)", to: "dist/own")
      built.append(try await b.build())
      // The list is ordered by the time in milliseconds, so each bundle needs another time.
      try await Task.sleep(for: .milliseconds(3))
    }
    return built
  }

  @Test("the list has the newest first, also one that was built again")
  func list() async throws {
    let built = try await make(3)
    #expect(try b.store.list().map(\.bundle) == built.reversed().map(\.bundle))
    try b.write("own 0", to: "dist/own")
    _ = try await b.build()
    #expect(try b.store.list().first?.bundle == built[0].bundle)
    #expect(built[0].bundle.files == 2)
    #expect(built[0].bundle.bytes == 11)
  }

  @Test("a bundle is found by the first digits of its digest; near misses are named")
  func find() async throws {
    let built = try await make(3)
    let digest = built[1].bundle.digest
    let found = try b.store.inspect(digest.short)
    #expect(found.manifest == built[1].manifest)
    #expect(throws: Problems.self) { try b.store.find("") }
    var wrong = Array(digest.short)
    wrong[3] = wrong[3] == "0" ? "1" : "0"
    let problems = try #require(throws: Problems.self) { try b.store.find(String(wrong)) }
    #expect(problems.list[0].fix == "did you mean \"\(digest.short)\"?")
  }

  @Test("pruning keeps the newest and what is in use, whole, and takes what nobody needs")
  func prune() async throws {
    let built = try await make(6)
    let inUse = [built[1].bundle.digest]
    _ = try await b.store.archive(of: built[0].bundle.digest)
    let pruned = try await b.store.prune(keep: 2, inUse: inUse)
    #expect(pruned.bundles.map(\.bundle.digest) == [3, 2, 0].map { built[$0].bundle.digest })
    #expect(try b.store.list().map(\.bundle.digest) == [5, 4, 1].map { built[$0].bundle.digest })
    #expect(try await b.store.verify().isEmpty)
    for index in [1, 4, 5] { _ = try await b.store.archive(of: built[index].bundle.digest) }
    let own = try #require(built[0].manifest.items.first { $0.path == "own" }?.digest)
    await #expect(throws: Failure.self) { try await b.store.content(of: own) }
    #expect(try Shell.run("find '\(b.folder.path)/state/bundles' -name '*.tmp' -o -name '\(own.hex)'").out == "")
  }

  @Test("with a manifest that cannot be read nothing is removed")
  func pruneDamaged() async throws {
    let built = try await make(3)
    let path = "\(b.folder.path)/state/bundles/manifests/\(built[2].bundle.digest.hex)"
    try "lander manifest 1\n".write(toFile: path, atomically: true, encoding: .utf8)
    await #expect(throws: Failure.self) { try await b.store.prune(keep: 1, inUse: []) }
    #expect(try b.store.list().count == 3)
    #expect(try await b.store.verify().count == 1)
  }

  @Test("building and pruning at once never break what was built")
  func atOnce() async throws {
    let b = b
    for number in 0..<8 { try b.write("same \(number % 2)", to: "dist\(number)/x") }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<8 {
        group.addTask {
          for _ in 0..<5 { _ = try await b.build("dist\(number)") }
        }
        group.addTask { for _ in 0..<5 { _ = try await b.store.prune(keep: 1, inUse: []) } }
      }
      try await group.waitForAll()
    }
    #expect(try await b.store.verify().isEmpty)
  }

  #if DEBUG
    let count = 300
  #else
    let count = 3000
  #endif

  @Test("files of 20 kB by the hundred: times are printed, the content is checked")
  func benchmark() async throws {
    var random = Seeded(1)
    var block = [UInt8](repeating: 0, count: 20_000)
    for number in 0..<count {
      for index in stride(from: 0, to: block.count, by: 40) { block[index] = UInt8.random(in: 0...255, using: &random) }
      try b.write(block, to: "dist/d\(number % 50)/f\(number)")
    }
    let clock = ContinuousClock()
    var built: BuiltBundle?
    let first = try await clock.measure { built = try await b.build() }
    let again = try await clock.measure { _ = try await b.build() }
    let digest = try #require(built?.bundle.digest)
    let archive = try await clock.measure { _ = try await b.store.archive(of: digest) }
    print("bundle: \(count) files of 20 kB packed in \(first), again in \(again), archive in \(archive)")
    #expect(built?.bundle.files == count)
    #expect(built?.bundle.bytes == count * 20_000)
  }
}
