import DeployCore
import DeployModel
import Foundation
import Testing

@testable import DeployHosts

@Suite("Two at once on one host, whatever its shell")
struct AtOnceTests {
  @Test("of two channels that stage one release at once neither takes the other's files away", arguments: Shell.here)
  func twice(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    let source = "\(ground.folder)/many"
    _ = Ground.sh("mkdir -p '\(source)' && cd '\(source)' && for n in $(seq 400); do echo $n >$n; done && seq 200000 >data")
    let release = try ground.store.bundle(source)
    let other = ground.another { _ in }
    async let one = ground.perform(1, .stage(release))
    async let two = ground.perform(2, .stage(release), by: other)
    let failures = await [one.failure, two.failure]
    #expect(failures == [nil, nil])
    #expect(ReleaseTests.shape("\(ground.path)/releases/\(release.id)") == ReleaseTests.shape(source))
    #expect(Ground.sh("ls '\(ground.path)/.lander/staging'").isEmpty)
    await other.close()
    await ground.end()
  }

  @Test(
    "a folder that the other one removes while bytes come is no full disk: they are asked for again",
    arguments: Shell.here.filter { $0 == .dash || $0 == .bash })
  func vanishing(_ shell: Shell) async throws {
    // This test leaves out busybox, which uses its own dd and not the one in PATH.
    let ground = try Ground(shell)
    let (room, real) = ("\(ground.path)/.lander/staging/r1", try #require(Ground.which("dd")))
    let once = "\(ground.folder)/once"
    let wrapper = "#!/bin/sh\ncase $* in *of=*r1/*) [ -e '\(once)' ] || { : >'\(once)'; rm -rf '\(room)'; } ;; esac"
    _ = Ground.sh("rm -f '\(ground.folder)/bin/dd'")
    try Ground.write("\(wrapper)\nexec \(real) \"$@\"\n", to: "\(ground.folder)/bin/dd")
    let link = try ground.hosts.link(to: ground.host)
    let claim = [ground.path, "1", "t1", "staging/r1/x.pack", "0"]
    #expect(try await link.demand("l_put", claim, payload: [1, 2, 3]).text == "0\n")
    #expect(try await link.demand("l_put", claim, payload: [1, 2, 3]).text == "3\n")
    #expect(FileManager.default.contents(atPath: "\(room)/x.pack") == Data([1, 2, 3]))
    await ground.end()
  }

  @Test("what a staging that was killed left holds nobody up", arguments: Shell.here.filter { $0 != .ssh })
  func abandoned(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    let release = try ground.store.bundle(ReleaseTests.tree(ground))
    let room = "\(ground.path)/.lander/staging/\(release.id)"
    for (number, holder) in ["1 2 another-boot", ""].enumerated() {
      _ = Ground.sh("mkdir -p -m 700 '\(ground.path)/.lander' && mkdir -p '\(room)/tree' && printf '%s' '\(holder)' >'\(room)/by'")
      let staged = await ground.perform(number + 1, .stage(release))
      #expect(staged.failure == nil, "\(holder)")
      #expect(await ground.perform(number + 5, .discard(release.id)).failure == nil)
    }
    await ground.end()
  }

  @Test("of two operations that upload the same bytes at once each finds them", arguments: Shell.here.filter { $0 != .ssh })
  func uploads(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    _ = Ground.sh("head -c 3000000 /dev/urandom >'\(ground.folder)/seed'")
    let other = ground.another { _ in }
    async let one = ground.perform(1, .upload(from: "\(ground.folder)/seed", to: "\(ground.folder)/one"))
    async let two = ground.perform(2, .upload(from: "\(ground.folder)/seed", to: "\(ground.folder)/two"), by: other)
    let failures = await [one.failure, two.failure]
    #expect(failures == [nil, nil])
    #expect(Ground.sh("cd '\(ground.folder)' && cmp seed one && cmp seed two && ls '\(ground.path)/.lander/uploads'").isEmpty)
    await other.close()
    await ground.end()
  }

  @Test("two who send the same file at once, one from further behind, leave it whole", arguments: Shell.here)
  func pieces(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    let (first, second) = (ground.hosts, ground.another())
    let bytes = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31 + $0 / 251) }
    let claim = [ground.path, "1", "t1", "uploads/x.pack"]
    let one = try first.link(to: ground.host)
    _ = try await one.demand("l_put", claim + ["0"], payload: Array(bytes[..<400_000]))
    let other = try second.link(to: ground.host)
    async let late = one.demand("l_put", claim + ["400000"], payload: Array(bytes[400_000..<900_000]))
    async let early = other.demand("l_put", claim + ["200000"], payload: Array(bytes[200_000...]))
    _ = try await (late, early)
    #expect(FileManager.default.contents(atPath: "\(ground.path)/.lander/uploads/x.pack") == Data(bytes))
    // An offset behind the received bytes is refused with the number of those bytes.
    #expect(try await one.demand("l_put", claim + ["2000000"], payload: [1, 2]).text == "1000000\n")
    await second.close()
    await ground.end()
  }
}
