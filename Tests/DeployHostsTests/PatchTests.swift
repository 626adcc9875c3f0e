import DeployCore
import DeployModel
import Foundation
import Testing

@testable import DeployHosts

@Suite("Large files of which little has changed", .serialized)
struct PatchTests {
  /// Stages a release and returns the number of bytes of the packs that were sent.
  private func stage(
    _ number: Int, _ release: Release, _ ground: Ground, reuse: Placement.Reuse = .copy
  ) async -> (failure: Failure?, sent: Int) {
    let sent = Guarded(0)
    let hosts = ground.another { $0.fastLine = 0 }
    hosts.listen { if case .sent(_, let bytes, let size) = $0, bytes == size { sent.with { $0 += size } } }
    let failure = await ground.perform(number, .stage(release), site: ground.site(reuse: reuse), by: hosts).failure
    await hosts.close()
    return (failure, sent.with { $0 })
  }

  /// Makes a folder with large files, and returns it with a release of it.
  private func first(_ ground: Ground) async throws -> (source: String, release: Release) {
    let source = "\(ground.folder)/app"
    _ = Ground.sh(
      """
      mkdir -p '\(source)/a folder/deep' && cd '\(source)' && head -c 30000000 /dev/urandom >data && echo small >small
      head -c 3000000 /dev/urandom >'a folder/deep/it'\\''s "long"' && head -c 2000000 /dev/urandom >"$(printf 'new\\nline')"
      head -c 2000000 /dev/zero >zeros && head -c 1500000 /dev/urandom >readonly && chmod 444 readonly
      """)
    let release = try ground.store.bundle(source)
    #expect(await stage(1, release, ground).failure == nil)
    return (source, release)
  }

  /// Changes one byte of the largest file, and a little of the others.
  private func change(_ source: String) {
    _ = Ground.sh(
      """
      cd '\(source)' && printf '#' | dd of=data bs=1 seek=20000000 conv=notrunc 2>/dev/null
      cd 'a folder/deep' && { printf inserted; cat it*; printf appended; } >../n && mv ../n it* && cd ../..
      { tail -c 1000000 new*; head -c 1000000 new*; } >n && mv n "$(printf 'new\\nline')"
      printf '#' | dd of=zeros bs=1 seek=1000000 conv=notrunc 2>/dev/null && chmod 200 zeros
      chmod 644 readonly && printf '#' | dd of=readonly bs=1 conv=notrunc 2>/dev/null && chmod 555 readonly
      """)
  }

  @Test("only what is new of them is sent, whatever the shell, and the older release stays as it is", arguments: Shell.here)
  func little(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    let (source, first) = try await first(ground)
    let old = "\(ground.path)/releases/\(first.id)"
    let before = ReleaseTests.shape(old)
    change(source)
    let second = try ground.store.bundle(source)
    let new = "\(ground.path)/releases/\(second.id)"
    let archives = ground.store.archivesAsked
    for (number, reuse) in [Placement.Reuse.copy, .link].enumerated() {
      let (failure, sent) = await stage(2 + 2 * number, second, ground, reuse: reuse)
      #expect(failure == nil && sent < 100_000, "\(reuse): \(sent) bytes, \(failure as Any)")
      #expect(ReleaseTests.shape(new) == ReleaseTests.shape(source), "\(reuse)")
      #expect(ReleaseTests.shape(old) == before, "\(reuse)")
      #expect(Ground.sh("find '\(new)' -type f -size +500k -links +1").isEmpty, "\(reuse)")
      #expect(Ground.sh("cd '\(new)' && stat -c %Y data small") == "981176706\n981173106\n", "\(reuse)")
      #expect(await ground.perform(3 + 2 * number, .discard(second.id)).failure == nil)
    }
    #expect(ground.store.archivesAsked == archives)
    await ground.end()
  }

  @Test(
    "if the file on the host is not as it was delivered, the whole bundle is sent, and nothing is read through a link or from a pipe",
    arguments: Shell.here.filter { $0 != .ssh })
  func damaged(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    let (source, first) = try await first(ground)
    let old = "\(ground.path)/releases/\(first.id)"
    change(source)
    let second = try ground.store.bundle(source)
    let damages = [
      "printf x | dd of=data bs=1 seek=5 conv=notrunc", "truncate -s 21000000 data", "mv data ../data && ln -s ../data data",
      "rm data && mkfifo data", "rm data", "mkdir data", "rm -r data; mv ../data .; mv 'a folder' ../f && ln -s ../f 'a folder'",
    ]
    for (number, damage) in damages.enumerated() {
      _ = Ground.sh("cd '\(old)' && { \(damage); } 2>&1")
      let (failure, sent) = await stage(2 + 2 * number, second, ground)
      #expect(failure == nil && sent > 30_000_000, "\(damage): \(sent) bytes, \(failure as Any)")
      #expect(ReleaseTests.shape("\(ground.path)/releases/\(second.id)") == ReleaseTests.shape(source), "\(damage)")
      #expect(await ground.perform(3 + 2 * number, .discard(second.id)).failure == nil)
    }
    await ground.end()
  }

  @Test("without the old content, and if most of a file is new, the file is sent whole")
  func whole() async throws {
    let ground = try Ground()
    let (source, first) = try await first(ground)
    _ = Ground.sh("cd '\(source)' && head -c 2000000 /dev/urandom >zeros")
    let second = try ground.store.bundle(source)
    let (failure, sent) = await stage(2, second, ground)
    #expect(failure == nil && (2_000_000..<3_000_000).contains(sent), "\(sent) bytes, \(failure as Any)")
    _ = Ground.sh("cd '\(source)' && printf '#' | dd of=\"$(printf 'new\\nline')\" bs=1 seek=1000 conv=notrunc 2>/dev/null")
    let third = try ground.store.bundle(source)
    let name = "new\nline"
    let old = try await ground.store.manifest(of: first.bundle).items.first { $0.path == name }?.digest
    ground.store.drop(try #require(old))
    let (another, all) = await stage(3, third, ground)
    #expect(another == nil && (2_000_000..<3_000_000).contains(all), "\(all) bytes, \(another as Any)")
    #expect(ReleaseTests.shape("\(ground.path)/releases/\(third.id)") == ReleaseTests.shape(source))
    await ground.end()
  }

  @Test("a transfer of new data that breaks off goes on later", arguments: Shell.here.filter { $0 != .ssh })
  func interrupted(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    let (source, _) = try await first(ground)
    _ = Ground.sh("cd '\(source)' && head -c 6000000 /dev/urandom | dd of=data bs=1M seek=9 conv=notrunc 2>/dev/null")
    let second = try ground.store.bundle(source)
    var small = ground.site()
    small.host.argv = ["sh", "-c", "ulimit -f 6000; exec \"$@\"", "sh"] + (ground.host.argv ?? [])
    #expect(await ground.perform(2, .stage(second), site: small, by: ground.another()).failure?.kind == .noSpace)
    let part = Int(Ground.sh("stat -c %s '\(ground.path)'/.lander/staging/*/*.[pt]a*").trimmed) ?? 0
    #expect(part >= Hosts.request, "\(part)")
    let told = Guarded<[Int]>([])
    let hosts = ground.another()
    hosts.listen { if case .sent(_, let bytes, _) = $0 { told.with { $0.append(bytes) } } }
    #expect(await ground.perform(3, .stage(second), by: hosts).failure == nil)
    #expect(told.with { $0.first ?? 0 } > part, "\(told.with { $0 }) after \(part)")
    #expect(told.with { $0.last ?? 0 } < 7_000_000)
    #expect(ReleaseTests.shape("\(ground.path)/releases/\(second.id)") == ReleaseTests.shape(source))
    await hosts.close()
    await ground.end()
  }
}
