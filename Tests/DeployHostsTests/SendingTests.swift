import DeployCore
import DeployModel
import Foundation
import Testing

@testable import DeployHosts

@Suite("What goes to hosts, and in which form", .serialized)
struct SendingTests {
  @Test("a bundle comes out the same whether the line took it as it is, compressed, or a part of both", arguments: Shell.here)
  func forms(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    let source = "\(ground.folder)/text"
    _ = Ground.sh("mkdir -p '\(source)' && seq 900000 >'\(source)/numbers' && echo x >'\(source)/f' && chmod 640 '\(source)/f'")
    let release = try ground.store.bundle(source)
    for (number, fast) in [0, Int.max].enumerated() {
      let hosts = ground.another { $0.fastLine = fast }
      #expect(await ground.perform(number * 2, .stage(release), by: hosts).failure == nil)
      #expect(ReleaseTests.shape("\(ground.path)/releases/\(release.id)") == ReleaseTests.shape(source))
      #expect(await ground.perform(number * 2 + 1, .discard(release.id), by: hosts).failure == nil)
      await hosts.close()
    }
    // A broken channel has sent a part of the uncompressed form. The next engine prefers the other form.
    let slow = ground.another {
      $0.fastLine = .max
      $0.patience = .seconds(1)
    }
    let broken = Task { await ground.perform(4, .stage(release), by: slow) }
    try await until("a part has arrived") { Ground.sh("ls '\(ground.path)'/.lander/staging/*/*.tar 2>/dev/null").isEmpty == false }
    await slow.close()
    _ = await broken.value
    #expect(await ground.perform(5, .stage(release)).failure == nil)
    #expect(ReleaseTests.shape("\(ground.path)/releases/\(release.id)") == ReleaseTests.shape(source))
    await ground.end()
  }

  @Test(
    "a bundle of 2 MB goes compressed to a host that is not near, and as it is over a fast line to a near one",
    arguments: [true, false])
  func small(isNear: Bool) async throws {
    let ground = try Ground()
    let source = "\(ground.folder)/text"
    _ = Ground.sh("mkdir -p '\(source)' && seq 300000 >'\(source)/numbers'")
    let release = try ground.store.bundle(source)
    let sent = Guarded<[Int]>([])
    for fast in [0, Int.max] {
      let hosts = ground.another { ($0.near, $0.fastLine) = (isNear ? .seconds(60) : .zero, fast) }
      hosts.listen { if case .sent(_, let bytes, let size) = $0, bytes == size { sent.with { $0.append(size) } } }
      #expect(await ground.perform(sent.with { $0.count }, .stage(release), by: hosts).failure == nil)
      #expect(await ground.perform(10 + sent.with { $0.count }, .discard(release.id), by: hosts).failure == nil)
      await hosts.close()
    }
    // The file has 2 MB, and less than half of that compressed. The lists are smaller than both.
    let sizes = sent.with { $0.filter { $0 > 100_000 } }
    #expect(sizes.map { $0 > 1_900_000 } == [isNear, false], "\(sizes)")
    await ground.end()
  }

  @Test(
    "a part that was damaged on the host is found by the files in it: it is removed, and the next attempt sends all of it",
    arguments: Shell.here, [100, 5000])
  func damaged(_ shell: Shell, at offset: Int) async throws {
    let ground = try Ground(shell)
    let source = "\(ground.folder)/text"
    // The file is so large that compressing it takes longer than closing the channel, so the transfer cannot end before.
    _ = Ground.sh("mkdir -p '\(source)' && seq 4000000 >'\(source)/numbers'")
    let release = try ground.store.bundle(source)
    let slow = ground.another {
      $0.fastLine = .max
      $0.patience = .seconds(1)
    }
    let broken = Task { await ground.perform(1, .stage(release), by: slow) }
    // The lists are smaller than this.
    let parts = "find '\(ground.path)/.lander/staging' -name '*.tar' -size +99k 2>/dev/null"
    try await until("a part has arrived") { Ground.sh(parts).isEmpty == false }
    await slow.close()
    _ = await broken.value
    // If a part of the compressed form exists, sending would continue with that form.
    _ = Ground.sh("find '\(ground.path)/.lander/staging' -name '*.pack' -delete")
    _ = Ground.sh("printf '#' | dd of=\"$(\(parts))\" bs=1 seek=\(offset) conv=notrunc")
    let fast = ground.another { $0.fastLine = 0 }
    let failure = await ground.perform(2, .stage(release), by: fast).failure
    #expect(failure?.kind == .corrupt && failure?.message.contains("is not what was sent") == true, "\(failure as Any)")
    #expect(Ground.sh(parts).isEmpty && !Ground.isThere("\(ground.path)/releases/\(release.id)"))
    #expect(await ground.perform(3, .stage(release), by: fast).failure == nil)
    #expect(ReleaseTests.shape("\(ground.path)/releases/\(release.id)") == ReleaseTests.shape(source))
    await fast.close()
    await ground.end()
  }

  @Test("a line counts as fast by what it took in the first pieces, and as slow at once if those took long")
  func paces() {
    #expect(LinePace(bytes: 256 << 10, in: Interval(milliseconds: 15)) == .fast)
    #expect(LinePace(bytes: 256 << 10, in: Interval(milliseconds: 17)) == .unclear)
    #expect(LinePace(bytes: 256 << 10, in: Interval(milliseconds: 251)) == .slow)
    #expect(LinePace(bytes: 1 << 20, in: Interval(milliseconds: 62)) == .fast)
    #expect(LinePace(bytes: 1 << 20, in: .zero) == .fast)
  }

  @Test("hosts that hold the same release have what they need made once", arguments: [Shell.here[0]])
  func once(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    let source = "\(ground.folder)/v"
    _ = Ground.sh("mkdir -p '\(source)' && seq 20000 >'\(source)/a' && seq 90000 >'\(source)/b'")
    let first = try ground.store.bundle(source)
    var others = [ground.site(), ground.site(), ground.site()]
    for (number, site) in others.enumerated() { others[number].path = site.path + "\(number)" }
    for (number, site) in others.enumerated() { #expect(await ground.perform(number, .stage(first), site: site).failure == nil) }
    _ = Ground.sh("seq 20001 >'\(source)/a'")
    let second = try ground.store.bundle(source)
    let asked = ground.store.contentsAsked
    for (number, site) in others.enumerated() { #expect(await ground.perform(3 + number, .stage(second), site: site).failure == nil) }
    #expect(ground.store.contentsAsked == asked + 1)
    for site in others { #expect(ReleaseTests.shape("\(site.path)/releases/\(second.id)") == ReleaseTests.shape(source)) }
    await ground.end()
  }
}
