import DeployCore
import DeployModel
import Foundation
import Testing

@testable import DeployHosts

@Suite("Compressed forms that are sent while they are made", .serialized)
struct StreamTests {
  /// Makes a folder whose tar has more than 20 MB, and returns it with a release of it.
  private func large(_ ground: Ground) throws -> (source: String, release: Release) {
    let source = "\(ground.folder)/text"
    _ = Ground.sh("mkdir -p '\(source)/b' && seq 1500000 >'\(source)/a' && seq 2000000 3000000 >'\(source)/b/c' && chmod 640 '\(source)/a'")
    return (source, try ground.store.bundle(source))
  }

  private func staging(_ ground: Ground, _ release: Release) -> String { "\(ground.path)/.lander/staging/\(release.id)" }

  /// Stages over a slow line, and closes the channel when this many bytes of the compressed form are on the host and more do not exist.
  /// - Returns: the path of the part on the host.
  private func broken(_ ground: Ground, _ release: Release) async throws -> String {
    // What was kept of an earlier test would be whole at once.
    _ = Ground.sh("rm -f '\(ground.folder)'/*.pack")
    let gate = Gate(at: 8_000_000)
    ground.store.gate.with { $0 = gate }
    let slow = ground.another { ($0.fastLine, $0.patience) = (.max, .seconds(1)) }
    let task = Task { await ground.perform(1, .stage(release), by: slow) }
    let find = "find '\(staging(ground, release))' -name '*.pack' -size +300k 2>/dev/null"
    try await until("a part of the compressed form has arrived", within: 120) { !Ground.sh(find).isEmpty }
    let part = Ground.sh(find).trimmed
    await slow.close()
    _ = await task.value
    gate.open()
    ground.store.gate.with { $0 = nil }
    return part
  }

  @Test("a form can be read while it is made, always has the same bytes, and is kept", arguments: [1, 100_000, 5_000_000])
  func growing(size: Int) async throws {
    let folder = Ground.makeFolder()
    defer { _ = Ground.sh("rm -rf '\(folder)'") }
    let bytes = Array((0..<size / 8 + 1).map { "\($0 * $0) " }.joined().utf8.prefix(size))
    let gate = Gate(at: size / 2)
    let source = GatedSource(bytes: bytes, gate: gate)
    let place = "\(folder)/kept"
    let pack = try GrowingPack(of: source, size: size, keptAt: place)
    if size > 1_000_000 {
      let reach = try await pack.reach(10_000)
      #expect(reach.made >= 10_000 && !reach.isWhole && pack.expected > reach.made && !Ground.isThere(place))
    }
    gate.open()
    let reach = try await pack.reach(.max)
    #expect(reach.isWhole && pack.expected == reach.made)
    var made = [UInt8](repeating: 0, count: reach.made)
    made.withUnsafeMutableBytes { pack.read(from: 0, into: $0) }
    try await until("the form is kept") { Ground.isThere(place) }
    #expect(FileManager.default.contents(atPath: place).map { Array($0) } == made)
    #expect(Ground.sh("gzip -dc '\(place)' | wc -c").trimmed == "\(size)" && Ground.sh("ls '\(folder)'") == "kept\n")
    let before = source.reads
    #expect(try await GrowingPack(of: source, size: size, keptAt: place).reach(0).made == made.count && source.reads == before)
    let again = try GrowingPack(of: source, size: size, keptAt: nil)
    #expect(try await again.reach(.max).made == made.count)
    var second = [UInt8](repeating: 0, count: made.count)
    second.withUnsafeMutableBytes { again.read(from: 0, into: $0) }
    #expect(second == made)
  }

  @Test("another version of zlib gives a form another name")
  func names() {
    let name = GrowingPack.name(of: "x-1")
    #expect(name == GrowingPack.name(of: "x-1") && name != GrowingPack.name(of: "x-1", zlib: "0.9") && name.contains("-"))
  }

  @Test("a form that cannot be made is an error for those who wait")
  func unwritable() async throws {
    #expect(throws: Failure.self) { try GrowingPack(of: GatedSource(bytes: [1], gate: nil), size: 1, keptAt: "/nowhere/at/all") }
  }

  @Test(
    "over a slow line, the first bytes arrive before the last are compressed; a broken transfer goes on",
    arguments: Shell.here)
  func early(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    let (source, release) = try large(ground)
    let gate = Gate(at: 15_000_000)
    ground.store.gate.with { $0 = gate }
    let slow = ground.another { $0.fastLine = .max }
    let task = Task { await ground.perform(1, .stage(release), by: slow) }
    let find = "find '\(staging(ground, release))' -name '*.pack' -size +300k 2>/dev/null"
    try await until("a part of the compressed form has arrived", within: 120) { !Ground.sh(find).isEmpty }
    #expect(!Ground.isThere("\(ground.path)/releases/\(release.id)"))
    gate.open()
    #expect(await task.value.failure == nil)
    await slow.close()
    #expect(ReleaseTests.shape("\(ground.path)/releases/\(release.id)") == ReleaseTests.shape(source))
    #expect(!Ground.isThere(staging(ground, release)))
    #expect(await ground.perform(2, .discard(release.id)).failure == nil)

    let part = Int(Ground.sh("stat -c %s '\(try await broken(ground, release))'").trimmed) ?? 0
    let told = Guarded<[Int]>([])
    let next = ground.another { $0.fastLine = .max }
    next.listen { if case .sent(_, let bytes, _) = $0 { told.with { $0.append(bytes) } } }
    #expect(await ground.perform(3, .stage(release), by: next).failure == nil)
    // The lists are the first thing that is sent.
    #expect(told.with { $0.filter { $0 > 100_000 }.min() ?? 0 } > part, "\(told.with { $0 }) after \(part)")
    #expect(ReleaseTests.shape("\(ground.path)/releases/\(release.id)") == ReleaseTests.shape(source))
    await next.close()
    await ground.end()
  }

  @Test("over a fast line, no byte is sent twice; the connection is opened by a greeting", arguments: Shell.here)
  func fast(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    let (source, release) = try large(ground)
    let fast = ground.another { $0.fastLine = 0 }
    await fast.greet(ground.host)
    let client = await fast.client(of: ground.host)
    #expect(client != nil)
    let failure = await ground.perform(1, .stage(release), by: fast).failure
    #expect(failure == nil, "\(failure as Any)")
    #expect(await fast.client(of: ground.host) == client)
    // A part that overtakes another one would be sent twice.
    #expect(ground.store.bytesRead == Int(Ground.sh("stat -c %s '\(ground.folder)/\(release.bundle.short).tar'").trimmed))
    #expect(ReleaseTests.shape("\(ground.path)/releases/\(release.id)") == ReleaseTests.shape(source))
    await fast.close()
    await ground.end()
  }

  @Test(
    "bytes of another form under the name of this one are found: the pack is removed, and the next attempt sends all of it",
    arguments: Shell.here.filter { $0 != .ssh })
  func foreign(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    let (source, release) = try large(ground)
    let part = try await broken(ground, release)
    // Another compressor made the part that arrived.
    _ = Ground.sh(
      "n=$(stat -c %s '\(part)') && tar -C '\(source)' -cf - . | gzip -9 | head -c \"$n\" >'\(part).new' && mv '\(part).new' '\(part)'")
    let next = ground.another { $0.fastLine = .max }
    let failure = await ground.perform(2, .stage(release), by: next).failure
    #expect(failure?.kind == .corrupt && failure?.fix?.contains("starts over") == true, "\(failure as Any)")
    #expect(!Ground.isThere(part) && !Ground.isThere("\(ground.path)/releases/\(release.id)"))
    #expect(await ground.perform(3, .stage(release), by: next).failure == nil)
    #expect(ReleaseTests.shape("\(ground.path)/releases/\(release.id)") == ReleaseTests.shape(source))
    await next.close()
    await ground.end()
  }

  @Test("ten hosts that are slow make one compressed form")
  func once() async throws {
    let ground = try Ground()
    let (source, release) = try large(ground)
    let hosts = ground.another { $0.fastLine = .max }
    let size = Int(Ground.sh("tar -C '\(source)' -cf - . | wc -c").trimmed) ?? 0
    await withTaskGroup(of: Failure?.self) { group in
      for number in 0..<10 {
        var site = ground.site()
        site.path += "\(number)"
        group.addTask { [site] in await ground.perform(number, .stage(release), site: site, by: hosts).failure }
      }
      for await failure in group { #expect(failure == nil) }
    }
    let tried = 10 * LinePace.pieces.reduce(0, +)
    #expect(ground.store.bytesRead < size + tried + (1 << 20), "\(ground.store.bytesRead) of \(size)")
    for number in 0..<10 {
      #expect(ReleaseTests.shape("\(ground.path)\(number)/releases/\(release.id)") == ReleaseTests.shape(source))
    }
    await hosts.close()
    await ground.end()
  }

  @Test("the size of the next piece follows from the pace of the last")
  func pieces() {
    #expect(Hosts.piece(after: 256 << 10, in: Interval(milliseconds: 15)) == (256 << 10) * 250 / 15)
    #expect(Hosts.piece(after: 1 << 20, in: .zero) == 8 << 20)
    #expect(Hosts.piece(after: 256 << 10, in: Interval(milliseconds: 9000)) == Hosts.block)
  }
}
