import DeployCore
import DeployModel
import Foundation
import PlanDrafts
import Testing

@testable import DeployHosts

@Suite("Whose lock it is, whatever the host's shell", .serialized)
struct LockTests {
  private func site(_ ground: Ground, _ application: String, _ deployment: Deployment.ID, fence: Int, token: String) -> HostSite {
    var site = ground.site(deployment, fence: fence, token: token)
    site.application = application
    return site
  }

  @Test(
    "a folder that another application has locked is refused by name before there is a receipt, and also when its engine is gone",
    arguments: Shell.here)
  func foreign(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    let first = ground.another()
    #expect(
      await ground.perform(1, Ground.ask("a", fence: 1, lease: .seconds(3)), site: ground.site("d1", token: "a"), by: first).failure == nil)
    let found = try await ground.state(application: "api")
    #expect(found.lock?.application == "shop" && found.lock?.group == "all" && found.receipt == nil && found.stranger == nil)
    #expect(found.lock?.isForeign(to: "api") == true && found.lock?.isForeign(to: "shop") == false)
    func refused() async {
      let outcome = await ground.perform(1, Ground.ask("b", fence: 2), site: site(ground, "api", "d2", fence: 2, token: "b"))
      #expect(outcome.failure?.kind == .invalid && outcome.failure?.fix == "give this recipe a path of its own")
      #expect(outcome.failure?.message.contains("is locked by application \"shop\" (deploy web of shop, deployment d1 by a@desk)") == true)
      #expect(Lock(outcome.value)?.application == "shop")
    }
    await refused()
    // A renewal keeps the lock's application.
    try await Task.sleep(for: .seconds(2))
    #expect(try await ground.state().lock?.application == "shop")
    await first.close()
    try await until("the lease has run out") { (try? await ground.state().lock?.leaseLeft).map { $0 <= 0 } ?? false }
    await refused()
    #expect(await ground.perform(1, Ground.ask("c", fence: 3), site: ground.site("d3", fence: 3, token: "c")).failure == nil)
    await ground.end()
  }

  @Test("a lock of an older version holds, names nobody's application, and is free after its lease", arguments: Shell.here)
  func older(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    #expect(await ground.perform(1, Ground.ask("a", fence: 1), site: ground.site("d1", token: "a")).failure == nil)
    await ground.hosts.close()
    let holder = "\(ground.path)/.lander/lock/holder"
    let text = try #require(Ground.text(holder))
    #expect(text.split(separator: "\n", omittingEmptySubsequences: false).dropFirst(4).prefix(2) == ["shop", "all"], "\(text)")
    for lines in [3, 4] {
      let old = text.split(separator: "\n").prefix(lines).joined(separator: "\n") + "\n"
      try Data(old.utf8).write(to: URL(fileURLWithPath: holder))
      let later = ground.another()
      let survey = await later.survey(ground.host, at: ground.path, application: "api", group: "all", shared: [])
      guard case .reached(let state) = survey else { return #expect(Bool(false), "\(survey)") }
      #expect(state.lock?.deployment == "d1" && state.lock?.application == nil && state.lock?.group == nil)
      #expect((state.lock?.process == nil) == (lines == 3))
      let api = site(ground, "api", "d2", fence: 2, token: "b")
      #expect(await ground.perform(1, Ground.ask("b", fence: 2), site: api, by: later).failure?.kind == .locked)
      await later.close()
    }
    let words = text.split(separator: " ")
    let ended = text.replacing("\(words[5]) \(words[6].split(separator: "\n")[0])", with: "0 \(words[6].split(separator: "\n")[0])")
    try Data((ended.split(separator: "\n").prefix(4).joined(separator: "\n") + "\n").utf8).write(to: URL(fileURLWithPath: holder))
    let last = ground.another()
    #expect(
      await ground.perform(1, Ground.ask("b", fence: 2), site: site(ground, "api", "d2", fence: 2, token: "b"), by: last).failure == nil)
    await last.close()
    await ground.end()
  }

  @Test("a host remembers that it could not be taken back until a receipt is written or it is taken back", arguments: Shell.here)
  func failedRestore(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    let left = FailedRestore(deployment: "d1", message: "it's \"broken\"\nand $HOME `too` é", commands: ["cd /srv/app", "ln -s 'a b' c"])
    func turn(_ number: Int, _ left: FailedRestore?) async {
      let site = ground.site("d\(number)", fence: number, token: "t\(number)")
      #expect(await ground.perform(1, Ground.ask("t\(number)", fence: number), site: site).failure == nil)
      #expect(await ground.perform(2, .unlock(token: "t\(number)", left: left), site: site).failure == nil)
    }
    await turn(1, left)
    #expect(try await ground.state().failedRestore == left)
    await turn(2, nil)
    #expect(try await ground.state().failedRestore == left, "who did nothing there forgets nothing")
    await turn(3, FailedRestore(deployment: "d3", message: "", commands: []))
    #expect(try await ground.state().failedRestore == nil)
    await turn(4, left)
    let site = ground.site("d5", fence: 5, token: "t5")
    #expect(await ground.perform(1, Ground.ask("t5", fence: 5), site: site).failure == nil)
    _ = Ground.sh(
      "cd '\(ground.path)' && mkdir -p releases/r1 .lander/manifests && touch .lander/manifests/r1 && ln -s releases/r1 current")
    let sources = try await ground.store.keep([SourceFile(path: "deploy.lua", text: "recipe \"web\" {}\n")])
    let bundle = Digest(hex: String(repeating: "ab", count: 32))
    let receipt = Receipt(
      application: "shop", group: "all", release: Release(id: "r1", bundle: bundle),
      inputs: .init(bundle: bundle, sources: sources, parameters: .record([]), shared: [], secrets: []), deployment: "d5", recipe: "web",
      actor: "ann@desk", at: Timestamp(milliseconds: 1_763_000_000_000))
    #expect(await ground.perform(2, .record(receipt), site: site).failure == nil)
    #expect(try await ground.state().failedRestore == nil)
    #expect(Ground.sh("ls -A '\(ground.path)/.lander' | grep failed").isEmpty)
    await ground.end()
  }
}
