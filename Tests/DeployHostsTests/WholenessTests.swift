import DeployCore
import DeployModel
import Foundation
import PlanDrafts
import Testing

@testable import DeployHosts

@Suite("What a host really has, whatever its shell", .serialized)
struct WholenessTests {
  private func state(_ ground: Ground, application: String = "shop", group: String = "all") async throws -> HostState {
    let survey = await ground.hosts.survey(ground.host, at: ground.path, application: application, group: group, shared: [])
    guard case .reached(let state) = survey else {
      Issue.record("\(survey)")
      throw CancellationError()
    }
    return state
  }

  private func lock(_ fence: Int = 1, expects: Deployment.ID? = nil) -> DeployModel.Operation {
    .lock(
      LockRequest(token: "t1", owner: "ann@desk", purpose: "deploy web of shop", fence: fence, expects: expects, lease: .seconds(60)))
  }

  private func receipt(_ ground: Ground, _ release: Release, application: String = "shop", group: String = "all") async throws -> Receipt {
    let sources = try await ground.store.keep([SourceFile(path: "deploy.lua", text: "recipe \"web\" {}\n")])
    return Receipt(
      application: application, group: group, release: release,
      inputs: .init(bundle: release.bundle, sources: sources, parameters: .record([]), shared: [], secrets: []), deployment: "d1",
      recipe: "web", actor: "ann@desk", at: Timestamp(milliseconds: 1))
  }

  /// Deploys one release to a host.
  private func deployed(_ ground: Ground, shared: [String] = []) async throws -> Release {
    let release = try ground.store.bundle(ReleaseTests.tree(ground), shared: shared)
    let operations: [DeployModel.Operation] = [
      lock(), .stage(release), .activate(release.id), .record(try await receipt(ground, release)), .unlock(token: "t1"),
    ]
    for (number, operation) in operations.enumerated() {
      let outcome = await ground.perform(number + 1, operation)
      #expect(outcome.failure == nil, "\(operation.verb): \(String(describing: outcome.failure))")
    }
    return release
  }

  @Test(
    "a survey sees that a file, the manifest or the folder of the current release is gone, and nothing where all is well",
    arguments: Shell.here)
  func damage(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    let release = try await deployed(ground)
    let folder = "\(ground.path)/releases/\(release.id)"
    #expect(try await state(ground).damage == [])
    _ = Ground.sh("cd '\(folder)' && echo cache >cache && echo more >bin/more && chmod 700 bin && echo edited >>grüße")
    #expect(try await state(ground).damage == [], "what hooks and the application add or change is no damage that a check finds")
    _ = Ground.sh("cd '\(folder)' && rm key \"$(printf 'new\\nline')\" && rm -r deep/er/est")
    #expect(try await state(ground).damage.map(\.kind) == [.lacking(4, of: 26)])
    _ = Ground.sh("mv '\(ground.path)/.lander/manifests/\(release.id)' '\(ground.folder)/m'")
    #expect(try await state(ground).damage.map(\.kind) == [.unlisted])
    #expect(try await state(ground).current == release.id, "it is still known to be ours")
    _ = Ground.sh(": >'\(ground.path)/.lander/manifests/\(release.id)'")
    #expect(try await state(ground).damage.map(\.kind) == [.unlisted], "one that holds nothing lists nothing")
    _ = Ground.sh("rm -rf '\(folder)'")
    #expect(try await state(ground).damage.map(\.kind) == [.gone])
    await ground.end()
  }

  @Test("what hooks took away before the deployment ended is not missed", arguments: Shell.here)
  func hooksRemoved(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    let release = try ground.store.bundle(ReleaseTests.tree(ground))
    #expect(await ground.perform(1, .stage(release)).failure == nil)
    #expect(await ground.perform(2, .activate(release.id)).failure == nil)
    _ = Ground.sh("rm -r '\(ground.path)/releases/\(release.id)/config'")
    #expect(await ground.perform(3, .record(try await receipt(ground, release))).failure == nil)
    #expect(try await state(ground).damage == [])
    _ = Ground.sh("rm '\(ground.path)/releases/\(release.id)/key'")
    #expect(try await state(ground).damage.map(\.kind) == [.lacking(1, of: 24)])
    #expect(await ground.perform(4, .record(try await receipt(ground, release))).failure == nil)
    #expect(try await state(ground).damage.count == 1, "a receipt that is written again does not make it whole")
    await ground.end()
  }

  @Test(
    "a survey sees owners and modes that changed after the deployment, verify names them, and sending the files again restores them",
    .enabled(if: getuid() == 0, "SKIPPED: only root gives files away"), arguments: Shell.here)
  func givenAway(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    let release = try await deployed(ground)
    let folder = "\(ground.path)/releases/\(release.id)"
    func verified() async throws -> [String] {
      try await ground.hosts.verify(ground.host, at: ground.path, current: release.id) { _ in release.bundle }.differing
        .map { "\($0.path) \($0.words)" }
    }
    #expect(try await state(ground).altered == false)
    #expect(try await verified() == [])
    _ = Ground.sh("cd '\(folder)' && chown 65534:65533 key \"$(printf 'new\\nline')\" deep/er")
    let seen = try await state(ground)
    #expect(seen.altered == true && seen.damage == [])
    let words = "belongs to 65534:65533, and belonged to 0:0 at the end of its deployment"
    #expect(try await verified() == ["deep/er \(words)", "key \(words)", "new\nline \(words)"])
    #expect(await ground.perform(20, .stage(release)).failure == nil)
    #expect(try await verified() == [], "sent again, all belongs to who deploys")
    _ = Ground.sh("cd '\(folder)' && chown 65534:65534 key && chmod 600 bin/run")
    #expect(await ground.perform(21, .record(try await receipt(ground, release))).failure == nil)
    #expect(try await state(ground).altered == false, "what hooks gave to others before the receipt is right")
    #expect(try await verified().map { $0.prefix(7) } == ["bin/run"], "a mode is compared with the manifest")
    await ground.end()
  }

  static let harm = """
    echo hacked >key && chmod 600 key; echo x >>./-rf; rm zero "it's \\"quoted\\"" "$(printf 'new\\nline')"; echo o >'back\\slash'
    chmod 644 bin/run; chmod 700 'a folder'; rm link && ln -s elsewhere link
    rm deep/dangling && mkdir deep/dangling && echo mine >deep/dangling/mine
    rm -r deep/er && ln -s /etc deep/er; rm binary && mkdir binary
    rm grüße && ln -s key grüße; rmdir empty && echo f >empty; echo cache >bin/cache; rm log && mkdir log && echo data >log/data
    """

  @Test(
    "sent again, a release that is there is compared by content: what differs comes back by renames, what was added stays",
    arguments: Shell.here)
  func repaired(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    let release = try await deployed(ground, shared: ["log/"])
    let folder = "\(ground.path)/releases/\(release.id)"
    let whole = ReleaseTests.shape(folder)
    let asked = ground.store.archivesAsked
    #expect(await ground.perform(10, .stage(release)).failure == nil)
    #expect(ReleaseTests.shape(folder) == whole && ground.store.contentsAsked == 0, "nothing is sent for one that is whole")
    _ = Ground.sh("cd '\(folder)' && \(Self.harm)")
    let untouched = Ground.sh("stat -c %i '\(folder)/ lead and trail '")
    #expect(await ground.perform(11, .stage(release)).failure == nil)
    #expect(Ground.text("\(folder)/bin/cache") == "cache\n", "what was added stays")
    _ = Ground.sh("rm '\(folder)/bin/cache'")
    #expect(ReleaseTests.shape(folder) == whole)
    #expect(Ground.sh("stat -c %i '\(folder)/ lead and trail '") == untouched, "what is as it should be is left alone")
    #expect(ground.store.archivesAsked == asked, "only what differs is sent")
    let kept = Ground.sh("cat '\(ground.path)/.lander/aside/\(release.id)/'*/data '\(ground.path)/.lander/aside/\(release.id)/'*/mine")
    #expect(kept == "data\nmine\n", "what stood in the way may be somebody's, and is kept")
    #expect(try await state(ground).damage == [])
    await ground.end()
  }

  @Test(
    "set-id bits that a bundle of an older version holds reach no host, and leave one that has them by being sent again",
    arguments: Shell.here)
  func setID(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    let source = "\(ground.folder)/old bundle"
    _ = Ground.sh(
      "mkdir -p '\(source)/open' '\(source)/plain' && cd '\(source)' && echo x >tool && echo y >plain/reader && echo z >other && "
        + "chmod 6755 tool && chmod 2750 plain/reader && chmod 2775 open")
    func modes(_ release: Release) -> String {
      Ground.sh("cd '\(ground.path)/releases/\(release.id)' && stat -c '%n %a' tool plain/reader open other")
    }
    let release = try ground.store.bundle(source)
    #expect(await ground.perform(1, .stage(release)).failure == nil)
    let plain = "tool 755\nplain/reader 750\nopen 775\nother 644\n"
    #expect(modes(release) == plain)
    _ = Ground.sh("cd '\(ground.path)/releases/\(release.id)' && chmod 6755 tool && chmod 2775 open")
    #expect(await ground.perform(2, .stage(release)).failure == nil)
    #expect(modes(release) == plain, "what an older version delivered goes, of folders too")
    _ = Ground.sh("cd '\(source)' && echo more >>other")
    let next = try ground.store.bundle(source)
    #expect(await ground.perform(3, .stage(next)).failure == nil)
    #expect(modes(next) == plain, "what is taken from the release before is without them as well")
    let verified = try await ground.hosts.verify(
      ground.host, at: ground.path, current: next.id, digest: { _ in next.bundle })
    #expect(verified.deviations == [], "they are not missed")
    var site = ground.site("d2", fence: 2, token: "t2")
    site.deliversSetID = true
    _ = Ground.sh("cd '\(source)' && echo again >>other")
    let installed = try ground.store.bundle(source)
    #expect(await ground.perform(4, .stage(installed), site: site).failure == nil)
    #expect(modes(installed) == "tool 6755\nplain/reader 2750\nopen 2775\nother 644\n", "what an appspec file installs keeps them")
    await ground.end()
  }

  @Test("a release without its manifest, and one without its folder, are made whole by being sent again", arguments: Shell.here)
  func remade(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    let release = try await deployed(ground)
    let folder = "\(ground.path)/releases/\(release.id)"
    let whole = ReleaseTests.shape(folder)
    _ = Ground.sh("rm '\(ground.path)/.lander/manifests/\(release.id)'")
    #expect(await ground.perform(10, .stage(release)).failure == nil)
    #expect(try await state(ground).damage == [])
    _ = Ground.sh("rm -rf '\(folder)'")
    #expect(await ground.perform(11, .stage(release)).failure == nil)
    #expect(ReleaseTests.shape(folder) == whole)
    #expect(try await state(ground).damage == [] && Ground.text("\(ground.path)/current/key") == "secret\n")
    await ground.end()
  }

  @Test("who reads current during a repair always finds the old file or the new one, whole", arguments: Shell.here)
  func neverPartial(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    let source = "\(ground.folder)/big"
    _ = Ground.sh("mkdir -p '\(source)/d' && for n in 1 2 3 4 5 6 7 8; do seq 100000 >'\(source)'/d/$n; done")
    let release = try ground.store.bundle(source)
    #expect(await ground.perform(1, .stage(release)).failure == nil)
    #expect(await ground.perform(2, .activate(release.id)).failure == nil)
    let current = "\(ground.path)/current"
    let good = Ground.sh("sha256sum <'\(current)/d/1'")
    _ = Ground.sh("for n in 1 2 3 4 5 6 7 8; do echo old >'\(current)'/d/$n; done")
    let old = Ground.sh("sha256sum <'\(current)/d/1'")
    let reader = Task.detached {
      var odd: [String] = []
      var checks = 0
      while !Task.isCancelled {
        let sums = Ground.sh("cd '\(current)/d' && cat 5 | sha256sum; sha256sum <8")
        odd += sums.split(separator: "\n").map { $0 + "\n" }.filter { $0 != good && $0 != old }
        checks += 1
      }
      return (odd, checks)
    }
    let outcome = await ground.perform(3, .stage(release))
    reader.cancel()
    let (odd, checks) = await reader.value
    #expect(outcome.failure == nil && odd == [] && checks > 3, "\(odd) in \(checks) checks")
    #expect(Ground.sh("sha256sum <'\(current)/d/8'") == good)
    await ground.end()
  }

  @Test("verify names every entry that differs, is missing or was added, and takes no lock", arguments: Shell.here)
  func verify(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    let release = try await deployed(ground, shared: ["log/"])
    func found() async throws -> Verification {
      try await ground.hosts.verify(ground.host, at: ground.path, current: release.id) { _ in release.bundle }
    }
    let whole = try await found()
    #expect(whole.deviations == [] && whole.entries == 25 && whole.bundle == release.bundle)
    let folder = "\(ground.path)/releases/\(release.id)"
    _ = Ground.sh("cd '\(folder)' && \(Self.harm)")
    let before = Ground.sh("cd '\(ground.path)' && find . -path ./.lander -prune -o -print | sort")
    let words = try await found().deviations.map { "\($0.path) \($0.words)" }
    let expected = [
      "-rf has another content", "a folder has the mode 700, should have 750", "back\\slash has another content",
      "binary is no file any more", "bin/run has the mode 644, should have 755", "deep/dangling is no link any more",
      "deep/er is no folder any more", "deep/er/est is missing",
      "deep/er/est/5 is missing", "empty is no folder any more", "grüße is no file any more",
      "it's \"quoted\" is missing", "key has another content", "link is a link to somewhere else", "log is no link any more",
      "new\nline is missing", "zero is missing", "bin/cache was not delivered", "deep/dangling/mine was not delivered",
      "log/data was not delivered",
    ]
    #expect(Set(words) == Set(expected), "\(words)")
    #expect(Ground.sh("cd '\(ground.path)' && find . -path ./.lander -prune -o -print | sort") == before)
    #expect(!Ground.isThere("\(ground.path)/.lander/lock"))
    #expect(Ground.sh("ls '\(ground.path)/.lander/uploads'") == "")
    await ground.end()
  }

  @Test(
    "a link that lander did not make is seen with its text, put back by one rename, and its releases are never pruned",
    arguments: Shell.here, ["releases/2024", "../elsewhere/it's 2024"])
  func foreign(_ shell: Shell, _ text: String) async throws {
    let ground = try Ground(shell)
    let quoted = Quoting.word(text)
    _ = Ground.sh("mkdir -p '\(ground.path)/releases/2024' && cd '\(ground.path)' && echo old >releases/2024/f && ln -s \(quoted) current")
    let before = try await state(ground)
    #expect(before.strange == .link(text) && before.current == nil && before.drift == [])
    let release = try await deployed(ground)
    #expect(try await state(ground).strange == nil)
    #expect(await ground.perform(10, .relink(text)).failure == nil)
    #expect(await ground.perform(11, .relink(text)).failure == nil, "asked again, it is done")
    #expect(Ground.sh("readlink '\(ground.path)/current'") == text + "\n")
    let after = try await state(ground)
    #expect(after.strange == .link(text) && after.receipt == nil, "the receipt went with the release that it was of")
    #expect(await ground.perform(12, .activate(nil)).failure?.kind == .invalid, "a link of somebody else is never taken away")
    #expect(await ground.perform(13, .activate(release.id)).failure == nil)
    #expect(await ground.perform(14, .prune(keep: 1, pinned: [])).failure == nil)
    #expect(Ground.text("\(ground.path)/releases/2024/f") == "old\n")
    await ground.end()
  }

  @Test("a release of ours that a person linked by its whole path is ours, and is not discarded", arguments: Shell.here)
  func wholePath(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    let release = try await deployed(ground)
    _ = Ground.sh("ln -sfn '\(ground.path)/releases/\(release.id)' '\(ground.path)/current'")
    let state = try await state(ground)
    #expect(state.current == release.id && state.strange == nil && state.drift == [])
    #expect(await ground.perform(10, .discard(release.id)).failure?.kind == .invalid)
    #expect(await ground.perform(11, .activate(release.id)).failure == nil)
    #expect(Ground.sh("readlink '\(ground.path)/current'") == "releases/\(release.id)\n")
    await ground.end()
  }

  @Test("a current that is a folder or file is seen as such", arguments: Shell.here)
  func obstacles(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    _ = Ground.sh("mkdir -p '\(ground.path)/current'")
    #expect(try await state(ground).strange == .folder)
    _ = Ground.sh("rmdir '\(ground.path)/current'; echo x >'\(ground.path)/current'")
    #expect(try await state(ground).strange == .file)
    _ = Ground.sh("rm '\(ground.path)/current'; ln -s \"$(printf 'a\\nfence 99')\" '\(ground.path)/current'")
    let odd = try await state(ground)
    #expect(odd.strange == .file && odd.fence == 0, "a text of two lines is not taken for two facts")
    await ground.end()
  }

  @Test(
    "the receipt of another application is nobody else's, and its host gives no lock to anybody else; groups of one share it",
    arguments: Shell.here)
  func owners(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    _ = try await deployed(ground)
    let other = try await state(ground, application: "api")
    #expect(other.receipt == nil && other.stranger?.application == "shop")
    #expect(try await state(ground, group: "canary").receipt?.application == "shop")
    var site = ground.site("d2", fence: 2)
    site.application = "api"
    let refused = await ground.perform(20, lock(2), site: site)
    #expect(refused.failure?.kind == .invalid && refused.failure?.message.contains("application \"shop\"") == true)
    #expect(!Ground.isThere("\(ground.path)/.lander/lock"))
    await ground.end()
  }

  @Test(
    "a place is told by its folder before anything is there, and by a planted id afterwards, new after each start",
    arguments: Shell.here)
  func place(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    let fresh = try #require(try await state(ground).place)
    #expect(fresh.id == nil && fresh.path == ground.path && fresh.folder.hasSuffix("/srv/shop"))
    _ = Ground.sh("mkdir '\(ground.folder)/two'; ln -s '\(ground.folder)/srv' '\(ground.folder)/two/srv'")
    _ = try await deployed(ground)
    let planted = try #require(try await state(ground).place)
    #expect(planted.id != nil && Ground.sh("stat -c %a '\(ground.path)/.lander/id'") == "600\n")
    let aside = await ground.hosts.survey(
      ground.host, at: "\(ground.folder)/two/srv/shop", application: "shop", group: "all", shared: [])
    guard case .reached(let same) = aside else { return #expect(Bool(false), "\(aside)") }
    #expect(same.place == planted, "another way to the same folder")
    _ = Ground.sh("sed -i 's/ .*/ 0000-another-boot/' '\(ground.path)/.lander/id'")
    #expect(try await state(ground).place?.id == nil, "what was planted before another start may be a copy's")
    #expect(await ground.perform(30, lock(2, expects: "d1"), site: ground.site("d2", fence: 2)).failure == nil)
    let again = try await state(ground).place?.id
    #expect(again != nil && again != planted.id)
    await ground.end()
  }
}
