import DeployModel
import Foundation
import PlanDrafts
import Testing

@testable import DeployHosts

@Suite("Lock, fence, receipts and files, whatever the host's shell", .serialized)
struct TruthTests {
  private func receipt(_ ground: Ground, _ release: Release.ID, _ deployment: Deployment.ID) async throws -> Receipt {
    let sources = try await ground.store.keep([SourceFile(path: "deploy.lua", text: "recipe \"web\" { -- \(release)\n}\n")])
    let bundle = Digest(hex: String(repeating: "ab", count: 32))
    return Receipt(
      application: "shop", group: "all", release: Release(id: release, bundle: bundle),
      inputs: .init(bundle: bundle, sources: sources, parameters: .record(of: [("n", 1)]), shared: [], secrets: []), deployment: deployment,
      recipe: "web", actor: "ann@desk", at: Timestamp(milliseconds: 1_763_000_000_000))
  }

  @Test("of two that want the lock at once one gets it, and the other is told who", arguments: Shell.here)
  func race(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    for turn in 1...5 {
      let other = ground.another()
      async let a = ground.perform(1, Ground.ask("a\(turn)", fence: turn * 2), site: ground.site("da\(turn)"))
      async let b = ground.perform(1, Ground.ask("b\(turn)", fence: turn * 2), site: ground.site("db\(turn)"), by: other)
      let outcomes = await [a, b]
      let winners = outcomes.filter { $0.failure == nil }
      #expect(winners.count == 1)
      #expect(winners.first?.value["fence"] == .int(turn * 2))
      let loser = outcomes.first { $0.failure != nil }
      let winner = outcomes[0].failure == nil ? "a\(turn)" : "b\(turn)"
      #expect(loser?.failure?.kind == .locked)
      #expect(loser?.value["owner"] == .text("\(winner)@desk"))
      #expect(loser?.value["token"] == .text(winner))
      #expect((loser?.value["leaseLeft"]?.int ?? 0) > 0)
      #expect(await ground.perform(2, .unlock(token: outcomes[0].failure == nil ? "b\(turn)" : "a\(turn)")).failure?.kind == .locked)
      #expect(await ground.perform(3, .unlock(token: winner)).failure == nil)
      await other.close()
    }
    await ground.end()
  }

  @Test("an expired lease may be taken, a lease is renewed, and a rollback inherits", arguments: Shell.here)
  func leases(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    let dying = ground.another()
    #expect(await ground.perform(1, Ground.ask("a", fence: 1, lease: .seconds(3)), by: dying).failure == nil)
    // The lease is renewed while the channel is open.
    try await Task.sleep(for: .seconds(5))
    #expect(await ground.perform(1, Ground.ask("b", fence: 2), site: ground.site("d2")).failure?.kind == .locked)
    await dying.close()
    try await until("the lease has run out") { await ground.perform(1, Ground.ask("b", fence: 2), site: ground.site("d2")).failure == nil }
    #expect(await ground.perform(2, Ground.ask("b", fence: 2), site: ground.site("d2")).failure == nil)
    #expect(await ground.perform(1, Ground.ask("c", fence: 3, inherits: "b"), site: ground.site("d3")).failure == nil)
    let state = try await ground.state()
    #expect(state.lock?.token == "c")
    #expect(state.lock?.deployment == "d3")
    #expect(state.fence == 3)
    await ground.end()
  }

  @Test("an engine that goes on for one that died renews its lock", arguments: Shell.here)
  func resumed(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    let dead = ground.another()
    let site = ground.site("d1", fence: 1, token: "a")
    #expect(await ground.perform(1, Ground.ask("a", fence: 1, lease: .seconds(3)), site: site, by: dead).failure == nil)
    await dead.close()
    try await Task.sleep(for: .seconds(4))
    #expect(await ground.run(2, "true", site: site).failure == nil)
    try await until("the lease lives again") {
      await ground.perform(1, Ground.ask("b", fence: 2), site: ground.site("d2")).value["leaseLeft"] != nil
    }
    await ground.end()
  }

  @Test("every effect of an older fence is refused, and of the same fence with another token", arguments: Shell.here)
  func fenced(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    #expect(await ground.perform(1, Ground.ask("new", fence: 5), site: ground.site("d5", fence: 5, token: "new")).failure == nil)
    let release = try ground.store.bundle(ReleaseTests.tree(ground))
    let effects: [DeployModel.Operation] = [
      .run(Command(.shell("touch '\(ground.folder)/ran'"))), .write(path: "f", content: "x", mode: nil, owner: nil),
      .link(target: "x", path: "l"),
      .stage(release), .activate(release.id), .activate(nil), .discard(release.id), .prune(keep: 1, pinned: []),
      .remove(shared: true), .record(try await receipt(ground, "r1", "d1")), .upload(from: "/etc/hostname", to: "h"),
    ]
    for (number, effect) in effects.enumerated() {
      for site in [ground.site("d4", fence: 4, token: "old"), ground.site("d6", fence: 5, token: "other")] {
        #expect(await ground.perform(number + 1, effect, site: site).failure?.kind == .fenced, "\(effect.verb)")
      }
    }
    #expect(!Ground.isThere("\(ground.folder)/ran") && !Ground.isThere("\(ground.path)/f") && !Ground.isThere("\(ground.path)/h"))
    #expect(Ground.sh("ls '\(ground.path)/releases' 2>/dev/null").isEmpty)
    await ground.end()
  }

  @Test("jobs of an older fence are waited for or ended before the lock is given", arguments: Shell.here)
  func orphans(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    try await ground.leave(running: "sleep 120")
    let waiting = await ground.perform(1, Ground.ask("b", fence: 2), timeout: .seconds(3), site: ground.site("d2", fence: 2, token: "b"))
    #expect(waiting.failure?.kind == .timeout)
    let state = try await ground.state()
    #expect(state.jobs.map(\.deployment) == ["d1"])
    #expect(state.jobs.first?.command == "echo begun; sleep 120")
    #expect(state.lock == nil)
    let site = ground.site("d3", fence: 3, token: "c")
    #expect(await ground.perform(1, Ground.ask("c", fence: 3, orphans: .kill), site: site).failure == nil)
    #expect(Ground.sh("grep -lazF 'LANDER_JOB=\(ground.path)/' /proc/[0-9]*/environ 2>/dev/null").isEmpty)
    await ground.end()
  }

  @Test("receipts and sources are kept, and the one before is promoted when the release changes", arguments: Shell.here)
  func receipts(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    #expect(await ground.perform(1, Ground.ask("a", fence: 1), site: ground.site("d1", token: "a")).failure == nil)
    // Another deployment writes the receipts. The host would require the releases for receipts of the writing deployment itself.
    let site = ground.site("d0", token: "a")
    let first = try await receipt(ground, "r1", "d1")
    let second = try await receipt(ground, "r2", "d2")
    for (number, receipt) in [first, second, second].enumerated() {
      #expect(await ground.perform(number + 2, .record(receipt), site: site).failure == nil)
    }
    let state = try await ground.state()
    #expect(state.receipt == second)
    #expect(state.previous == first)
    let kept = await ground.perform(9, .sources(first.inputs.sources), site: site)
    #expect(kept.value.list?.first?["text"] == .text("recipe \"web\" { -- r1\n}\n"))
    #expect(await ground.perform(10, .unlock(token: "a"), site: site).failure == nil)
    let stale = await ground.perform(11, Ground.ask("b", fence: 2, expects: "d1"), site: ground.site("d3"))
    #expect(stale.failure?.kind == .invalid)
    #expect(await ground.perform(12, Ground.ask("b", fence: 2, expects: "d2"), site: ground.site("d3")).failure == nil)
    await ground.end()
  }

  @Test("files are read, written, linked, uploaded, downloaded and checked", arguments: Shell.here)
  func files(_ shell: Shell) async throws {
    let ground = try Ground(shell, secrets: ["KEY": "s3cr3t-value"])
    _ = Ground.sh("mkdir -p '\(ground.path)'")
    let content = Text(pieces: [.literal("key="), .secret(name: "KEY"), .literal("\n")])
    #expect(await ground.perform(1, .write(path: "conf", content: content, mode: nil, owner: nil)).failure == nil)
    #expect(Ground.sh("stat -c %a '\(ground.path)/conf'; cat '\(ground.path)/conf'") == "600\nkey=s3cr3t-value\n")
    #expect(await ground.perform(2, .read(path: "conf", limit: 1000)).value == .text("key=<secret KEY>\n"))
    #expect(await ground.perform(3, .read(path: "conf", limit: 3)).failure?.kind == .invalid)
    #expect(await ground.perform(4, .read(path: "none", limit: 3)).failure?.kind == .missing)
    #expect(await ground.perform(5, .exists(path: "conf")).value == .bool(true))
    #expect(await ground.perform(6, .exists(path: "none")).value == .bool(false))
    #expect(await ground.perform(7, .write(path: "empty", content: "", mode: 0o640, owner: nil)).failure == nil)
    #expect(Ground.sh("stat -c '%a %s' '\(ground.path)/empty'") == "640 0\n")
    #expect(await ground.perform(8, .link(target: "conf", path: "l")).failure == nil)
    #expect(await ground.perform(9, .link(target: "empty", path: "l")).failure == nil)
    #expect(Ground.sh("readlink '\(ground.path)/l'") == "empty\n")
    let source = ReleaseTests.tree(ground)
    #expect(await ground.perform(10, .upload(from: source, to: "up")).failure == nil)
    #expect(ReleaseTests.shape("\(ground.path)/up") == ReleaseTests.shape(source))
    #expect(await ground.perform(11, .upload(from: "\(source)/bin/run", to: "one/run")).failure == nil)
    #expect(Ground.sh("stat -c %a '\(ground.path)/one/run'") == "755\n")
    _ = Ground.sh("head -c 700000 /dev/urandom >'\(ground.path)/data'")
    #expect(await ground.perform(12, .download(from: "data", to: "\(ground.folder)/got")).failure == nil)
    #expect(Ground.sh("cmp '\(ground.path)/data' '\(ground.folder)/got' && echo same") == "same\n")
    #expect(await ground.perform(13, .check(.command("true"))).value == .bool(true))
    #expect(await ground.perform(14, .check(.command("false"))).failure?.kind == .unhealthy)
    #expect(await ground.perform(15, .check(.port(1))).failure?.kind == .unhealthy)
    #expect(await ground.perform(16, .check(.http(url: "http://127.0.0.1:1/", status: []))).failure?.kind == .unhealthy)
    await ground.end()
  }

  @Test("a survey finds what a plan needs and changes nothing", arguments: Shell.here)
  func survey(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    let state = try await ground.state()
    #expect(!Ground.isThere(ground.path))
    if shell != .ssh { #expect(state.facts.shell == shell.rawValue) }
    #expect(state.facts.user == NSUserName())
    #expect(state.facts.freeBytes > 1 << 20 && state.facts.freeInodes > 100)
    #expect(abs(state.facts.clockSkew.milliseconds) < 2000)
    #expect(state.facts.bootID == Ground.text("/proc/sys/kernel/random/boot_id")?.trimmed)
    #expect(state.current == nil && state.receipt == nil && state.lock == nil && state.fence == 0)
    await ground.end()
  }
}
