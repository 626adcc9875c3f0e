import DeployCore
import DeployModel
import Foundation
import PlanDrafts
import Testing

@testable import DeployHosts

@Suite("Releases, whatever the host's shell", .serialized)
struct ReleaseTests {
  /// Makes a folder with unusual names, modes and kinds of files, and returns its path.
  static func tree(_ ground: Ground, _ name: String = "v1") -> String {
    let folder = "\(ground.folder)/\(name)"
    _ = Ground.sh(
      """
      mkdir -p '\(folder)' && cd '\(folder)' && umask 022
      mkdir -p bin 'a folder' empty deep/er/est log config && echo old >log/old && echo sample >config/local.env.sample
      echo '#!/bin/sh' >bin/run && chmod 755 bin/run && echo secret >key && chmod 600 key && : >zero
      echo dash >./-rf && echo quote >"it's \\"quoted\\"" && printf x >"$(printf 'new\\nline')" && echo s >' lead and trail '
      echo back >'back\\slash' && echo u >grüße && printf '\\0\\1\\377' >binary && chmod 750 'a folder' && echo in >'a folder/f'
      ln -s bin/run link && ln -s '../odd target' deep/dangling && ln -s ../bin deep/dir && echo five >deep/er/est/5
      echo "$(printf 'name%0120d' 7)" >"$(printf 'long%0120d' 7)"
      """)
    return folder
  }
  /// Describes a tree for comparison: the kind, mode and link target of each entry, and the content of each file.
  static func shape(_ folder: String) -> String {
    Ground.sh(
      """
      cd '\(folder)' && find . -mindepth 1 -printf '%y %m %l %P\\0' | sort -z | tr '\\0' '\\n'
      cd '\(folder)' && find . -type f -print0 | sort -z | xargs -0 sha256sum
      """
    )
  }

  @Test("a fresh host gets the whole bundle: modes, links, empty folders and odd names as they were", arguments: Shell.here)
  func fresh(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    let source = ReleaseTests.tree(ground)
    let release = try ground.store.bundle(source)
    let outcome = await ground.perform(1, .stage(release))
    #expect(outcome.failure == nil)
    #expect(ReleaseTests.shape("\(ground.path)/releases/\(release.id)") == ReleaseTests.shape(source))
    #expect(!Ground.isThere("\(ground.path)/current"))
    #expect(!Ground.isThere("\(ground.path)/.lander/staging/\(release.id)"))
    #expect(await ground.perform(2, .stage(release)).failure == nil)
    #expect(await ground.perform(3, .activate(release.id)).failure == nil)
    #expect(Ground.sh("readlink '\(ground.path)/current'") == "releases/\(release.id)\n")
    await ground.end()
  }

  @Test("of the next release only what the host lacks is sent, and nothing hooks left behind comes along", arguments: Shell.here)
  func update(_ shell: Shell) async throws {
    for reuse in [Placement.Reuse.copy, .link] {
      let ground = try Ground(shell)
      let first = try ground.store.bundle(ReleaseTests.tree(ground, "v1"))
      #expect(await ground.perform(1, .stage(first)).failure == nil)
      #expect(await ground.perform(2, .activate(first.id)).failure == nil)
      let old = "\(ground.path)/releases/\(first.id)"
      _ = Ground.sh("cd '\(old)' && echo cache >bin/cache && mkdir tmp && chmod 700 bin")
      let before = ReleaseTests.shape(old)
      let source = ReleaseTests.tree(ground, "v2")
      _ = Ground.sh(
        """
        cd '\(source)' && echo changed >deep/er/est/5 && rm key && mv bin/run bin/start
        rm link && mkdir link && chmod 700 zero && echo n >new
        """
      )
      let second = try ground.store.bundle(source)
      let archives = ground.store.archivesAsked
      #expect(await ground.perform(3, .stage(second), site: ground.site(reuse: reuse)).failure == nil)
      #expect(ground.store.archivesAsked == archives)
      #expect(ReleaseTests.shape("\(ground.path)/releases/\(second.id)") == ReleaseTests.shape(source))
      #expect(ReleaseTests.shape(old) == before)
      await ground.end()
    }
  }

  @Test("files are as old as the bundle that brought their content: what web servers call unchanged is unchanged", arguments: Shell.here)
  func times(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    func release(_ page: String) throws -> Release {
      _ = Ground.sh(
        "cd '\(ground.folder)' && mkdir -p site && echo '\(page)' >site/index.html && seq 9999 >site/same && ln -sf same site/link")
      return try ground.store.bundle("\(ground.folder)/site")
    }
    func times(_ release: Release) -> String { Ground.sh("cd '\(ground.path)/releases/\(release.id)' && stat -c %Y same index.html") }
    let first = try release("app.1111.js")
    #expect(await ground.perform(1, .stage(first)).failure == nil)
    #expect(times(first) == "981173106\n981173106\n")
    let second = try release("app.2222.js")
    for (number, reuse) in [Placement.Reuse.copy, .link].enumerated() {
      #expect(await ground.perform(2 + 2 * number, .stage(second), site: ground.site(reuse: reuse)).failure == nil)
      #expect(times(second) == "981173106\n981176706\n", "\(reuse)")
      #expect(times(first) == "981173106\n981173106\n", "\(reuse)")
      #expect(await ground.perform(3 + 2 * number, .discard(second.id)).failure == nil)
    }
    await ground.end()
  }

  @Test("where the older release was tampered with the whole bundle is sent", arguments: Shell.here)
  func tampered(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    let first = try ground.store.bundle(ReleaseTests.tree(ground, "v1"))
    #expect(await ground.perform(1, .stage(first)).failure == nil)
    _ = Ground.sh("cd '\(ground.path)/releases/\(first.id)' && echo evil >bin/run")
    let source = ReleaseTests.tree(ground, "v2")
    _ = Ground.sh("echo n >'\(source)/new'")
    let second = try ground.store.bundle(source)
    #expect(await ground.perform(3, .stage(second)).failure == nil)
    #expect(ReleaseTests.shape("\(ground.path)/releases/\(second.id)") == ReleaseTests.shape(source))
    await ground.end()
  }

  @Test("a shared path that leads out of the release reaches no host, and what it names stays")
  func escaping() async throws {
    let ground = try Ground()
    let precious = "\(ground.path)/precious"
    _ = Ground.sh("mkdir -p '\(precious)' && echo gold >'\(precious)/file'")
    for shared in ["../../../../precious/", "../../../../precious", "/etc/x", "x/../y/", "./q/", "a//b/", "", "."] {
      let release = try ground.store.bundle(ReleaseTests.tree(ground), shared: [shared])
      let refused = await ground.perform(1, .stage(release))
      #expect(refused.failure?.kind == .invalid, "\(shared): \(refused)")
    }
    let twice = try ground.store.bundle(ReleaseTests.tree(ground), shared: ["log/", "log/new/"])
    #expect(await ground.perform(2, .stage(twice)).failure?.kind == .invalid)
    #expect(Ground.text("\(precious)/file") == "gold\n")
    #expect(!Ground.isThere("\(ground.path)/releases"), "nothing was begun")
    await ground.end()
  }

  @Test(
    "the host itself refuses a shared path that leads out, by its parts or by a link above it",
    arguments: Shell.here.filter { $0 != .ssh })
  func escapingHost(_ shell: Shell) throws {
    let folder = Ground.makeFolder()
    let program = String(decoding: PackageResources.releases_sh, as: UTF8.self)
    _ = Ground.sh("mkdir -p '\(folder)/tree' '\(folder)/out/a' && ln -s ../out '\(folder)/tree/link'")
    let die = "l_die() { echo \"$2\"; exit \"$1\"; }\n"
    try Data((die + program).utf8).write(to: URL(fileURLWithPath: "\(folder)/program"))
    let bin = shell == .busybox ? "busybox ash" : shell.rawValue
    for name in ["../out", "x/../../out", "link/a", "a//b", "./a"] {
      let said = Ground.sh("cd '\(folder)/tree' && \(bin) -c '. ../program; l_gone \"\(name)\"'; echo $?")
      #expect(said.hasSuffix("46\n"), "\(name): \(said)")
    }
    #expect(Ground.isThere("\(folder)/out/a"))
    #expect(Ground.sh("cd '\(folder)/tree' && mkdir -p b/c && \(bin) -c '. ../program; l_gone b/c' && ls b; echo $?") == "0\n")
    _ = Ground.sh("rm -rf '\(folder)'")
  }

  @Test("nothing is deployed into what another application's folder keeps for its releases", arguments: Shell.here)
  func inside(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    let release = try ground.store.bundle(ReleaseTests.tree(ground))
    #expect(await ground.perform(1, .stage(release)).failure == nil)
    for part in ["releases/x", "current", "shared/log"] {
      var site = ground.site("d2", fence: 2, token: "t2")
      site.path += "/" + part
      let refused = await ground.perform(1, .stage(release), site: site)
      #expect(refused.failure?.message.contains("lies in what the application at") == true, "\(part): \(refused)")
    }
    var beside = ground.site("d2", fence: 2, token: "t2")
    beside.path += "/beside"
    #expect(await ground.perform(2, .stage(release), site: beside).failure == nil)
    await ground.end()
  }

  @Test("shared paths are links, their folders are made, and missing shared files are refused with the command", arguments: Shell.here)
  func shared(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    let release = try ground.store.bundle(ReleaseTests.tree(ground), shared: ["log/", "config/local.env"])
    let refused = await ground.perform(1, .stage(release))
    #expect(refused.failure?.kind == .missing)
    let fix = try #require(refused.failure?.fix)
    #expect(fix.contains(" config/local.env ") && fix.hasSuffix("\(ground.path)/shared/config/"), "\(fix)")
    let survey = await ground.hosts.survey(ground.host, at: ground.path, application: "a", group: "g", shared: release.shared)
    guard case .reached(let state) = survey else { return #expect(Bool(false), "\(survey)") }
    #expect(state.lacks == refused.failure, "a survey says the same before anything is sent")
    _ = Ground.sh("mkdir -p '\(ground.path)/shared/config' && echo X=1 >'\(ground.path)/shared/config/local.env'")
    #expect(await ground.perform(2, .stage(release)).failure == nil)
    let folder = "\(ground.path)/releases/\(release.id)"
    #expect(Ground.sh("readlink '\(folder)/log' '\(folder)/config/local.env'") == "../../shared/log\n../../../shared/config/local.env\n")
    #expect(Ground.sh("cat '\(folder)/config/local.env'; ls '\(folder)/log'") == "X=1\n")
    await ground.end()
  }

  @Test("a transfer that breaks off leaves nothing to be seen, and goes on later", arguments: Shell.here)
  func interrupted(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    let source = "\(ground.folder)/big"
    _ = Ground.sh("mkdir -p '\(source)' && head -c 12000000 /dev/urandom >'\(source)/data' && echo x >'\(source)/f'")
    let release = try ground.store.bundle(source)
    let first = ground.another { $0.patience = .seconds(1) }
    let broken = Task { await ground.perform(1, .stage(release), by: first) }
    try await until("a part has arrived") {
      Ground.sh("cat '\(ground.path)'/.lander/staging/*/*.[pt]a* 2>/dev/null | wc -c").trimmed.count > 5
    }
    await first.close()
    _ = await broken.value
    #expect(Ground.sh("ls '\(ground.path)/releases'").isEmpty)
    let second = await ground.perform(2, .stage(release))
    #expect(second.failure == nil, "\(String(describing: second.failure))")
    #expect(ReleaseTests.shape("\(ground.path)/releases/\(release.id)") == ReleaseTests.shape(source))
    await ground.end()
  }

  @Test(
    "a piece that finds no room in the middle leaves the channel in order", arguments: Shell.here.filter { $0 != .ssh }, [200, 264, 300])
  func roomless(_ shell: Shell, _ blocks: Int) async throws {
    // The last record that `dd` reads of 150,000 bytes is not full. The limit is in blocks of 512 bytes, and lies before, inside or behind
    // that record.
    let ground = try Ground(shell, start: "ulimit -f \(blocks)")
    let size = 150_000
    let link = try ground.hosts.link(to: ground.host)
    let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 + $0 / 251) }
    let answer = try await link.call("l_put", [ground.path, "1", "t1", "uploads/x.pack", "0"], payload: bytes)
    #expect(answer.status == 43 || size <= blocks * 512, "\(answer)")
    #expect(try await link.call("l_ping", []).text == "pong\n")
    #expect(await ground.run(1, "echo ran").stdout?.text == "ran\n")
    await ground.end()
  }

  @Test("what could not be unpacked leaves nothing but what arrived", arguments: Shell.here.filter { $0 != .ssh })
  func unfinished(_ shell: Shell) async throws {
    let ground = try Ground(shell, start: "ulimit -f 2000")
    let source = "\(ground.folder)/big"
    _ = Ground.sh("mkdir -p '\(source)' && head -c 4000000 /dev/zero >'\(source)/data'")
    let release = try ground.store.bundle(source)
    #expect(await ground.perform(1, .stage(release)).failure?.kind == .noSpace)
    let left = Ground.sh("cd '\(ground.path)/.lander/staging' && find . -type f; ls '\(ground.path)/releases'")
    let files = left.split(separator: "\n")
    #expect(!files.isEmpty && files.allSatisfy { $0.hasSuffix(".pack") || $0.hasSuffix(".tar") }, "\(left)")
    await ground.end()
  }

  @Test("a pruning that is asked for again tells what the first one took, and takes no more", arguments: Shell.here)
  func pruned(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    var releases: [Release] = []
    for number in 1...4 {
      let source = "\(ground.folder)/v\(number)"
      _ = Ground.sh("mkdir -p '\(source)' && echo \(number) >'\(source)/number'")
      releases.append(try ground.store.bundle(source))
      #expect(await ground.perform(number, .stage(releases[number - 1])).failure == nil)
    }
    #expect(await ground.perform(5, .activate(releases[3].id)).failure == nil)
    let gone = Value.list([.text(releases[1].id.rawValue), .text(releases[0].id.rawValue)])
    #expect(await ground.perform(6, .prune(keep: 2, pinned: [])).value == gone)
    let engine = ground.another()
    #expect(await ground.perform(6, .prune(keep: 2, pinned: []), by: engine).value == gone)
    #expect(await ground.perform(7, .prune(keep: 2, pinned: []), by: engine).value == .list([]))
    await engine.close()
    await ground.end()
  }

  @Test("who reads current all the time never misses it, and prune keeps what is pinned", arguments: Shell.here)
  func switched(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    var releases: [Release] = []
    for number in 1...4 {
      let source = "\(ground.folder)/v\(number)"
      _ = Ground.sh("mkdir -p '\(source)' && echo \(number) >'\(source)/number'")
      let release = try ground.store.bundle(source)
      #expect(await ground.perform(number, .stage(release)).failure == nil)
      releases.append(release)
    }
    #expect(await ground.perform(10, .activate(releases[0].id)).failure == nil)
    let path = ground.path
    let reader = Task.detached {
      var reads = 0
      var misses = 0
      while !Task.isCancelled {
        reads += 1
        if !Ground.isThere("\(path)/current/number") { misses += 1 }
      }
      return (reads, misses)
    }
    for turn in 0..<20 { #expect(await ground.perform(20 + turn, .activate(releases[turn % 4].id)).failure == nil) }
    reader.cancel()
    let (reads, misses) = await reader.value
    #expect(reads > 100)
    #expect(misses == 0)
    #expect(await ground.perform(50, .discard(releases[3].id)).failure?.kind == .invalid)
    #expect(await ground.perform(51, .prune(keep: 1, pinned: [releases[0].id])).failure == nil)
    #expect(
      Set(Ground.sh("ls '\(path)/releases'").split(separator: "\n").map(String.init)) == [releases[0].id.rawValue, releases[3].id.rawValue])
    #expect(await ground.perform(52, .discard(releases[0].id)).failure == nil)
    #expect(await ground.perform(53, .activate(nil)).failure == nil)
    #expect(!Ground.isThere("\(path)/current"))
    await ground.end()
  }

  @Test("a host without room is refused before anything is sent")
  func full() async throws {
    guard getuid() == 0 else { return print("SKIPPED: a full disk: only root can mount a small one") }
    let ground = try Ground()
    _ = Ground.sh("mkdir -p '\(ground.path)' && mount -t tmpfs -o size=4m tmpfs '\(ground.path)'")
    defer { _ = Ground.sh("umount '\(ground.path)'") }
    let source = "\(ground.folder)/big"
    _ = Ground.sh("mkdir -p '\(source)' && head -c 6000000 /dev/urandom >'\(source)/data'")
    let outcome = await ground.perform(1, .stage(try ground.store.bundle(source)))
    #expect(outcome.failure?.kind == .noSpace)
    #expect(Ground.sh("ls '\(ground.path)/releases'").isEmpty)
    await ground.hosts.close()
    _ = Ground.sh("umount '\(ground.path)'")
    await ground.end()
  }
}
