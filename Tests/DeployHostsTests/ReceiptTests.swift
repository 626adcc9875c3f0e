import DeployModel
import Foundation
import PlanDrafts
import Testing

@testable import DeployHosts

@Suite("Receipts on trial, and the secrets in them, whatever the host's shell", .serialized)
struct ReceiptTests {
  private func receipt(
    _ ground: Ground, _ release: Release.ID, _ deployment: Deployment.ID, trial: Bool? = true, undid: Deployment.ID? = nil,
    secrets: [String] = []
  ) async throws -> Receipt {
    let sources = try await ground.store.keep([SourceFile(path: "deploy.lua", text: "recipe \"web\" { -- \(release)\n}\n")])
    let bundle = Digest(hex: String(repeating: "ab", count: 32))
    return Receipt(
      application: "shop", group: "all", release: Release(id: release, bundle: bundle),
      inputs: .init(bundle: bundle, sources: sources, parameters: .record([]), shared: [], secrets: []), deployment: deployment,
      recipe: "web", actor: "ann@desk", at: Timestamp(milliseconds: 1_763_000_000_000), undid: undid, trial: trial,
      secrets: secrets.map { SecretMark($0) })
  }

  /// Takes the lock, writes the receipts, and gives the lock back.
  private func leave(
    _ ground: Ground, _ receipts: [Receipt], expects: Deployment.ID?, knowing: Deployment.ID? = nil, good: Deployment.ID?
  ) async throws {
    let token = UUID().uuidString
    guard case .reached(let state) = await survey(ground) else {
      Issue.record("not reached")
      return
    }
    let site = ground.site("turn-\(state.fence)", fence: state.fence + 1, token: token)
    var request = LockRequest(token: token, owner: "ann@desk", purpose: "deploy", fence: state.fence + 1, expects: expects)
    request.good = knowing
    #expect(await ground.perform(1, .lock(request), site: site).failure == nil)
    for (number, receipt) in receipts.enumerated() {
      #expect(await ground.perform(number + 2, .record(receipt), site: site).failure == nil)
    }
    #expect(await ground.perform(90, .unlock(token: token, good: good), site: site).failure == nil)
  }

  private func survey(_ ground: Ground) async -> Survey {
    await ground.hosts.survey(ground.host, at: ground.path, application: "shop", group: "all", shared: [])
  }

  /// Describes the receipts on the host, such as `r2? < r1`. A question mark means that the receipt is on trial.
  private func memory(_ ground: Ground) async -> String {
    guard case .reached(let state) = await survey(ground) else { return "not reached" }
    func word(_ receipt: Receipt?) -> String { receipt.map { $0.release.id.rawValue + ($0.trial == true ? "?" : "") } ?? "-" }
    return "\(word(state.receipt)) < \(word(state.previous))"
  }

  @Test(
    "a host that is far away gets a recipe's sources compressed, and keeps them as they are", arguments: [Shell.dash, .bash],
    [true, false])
  func compressed(_ shell: Shell, isNear: Bool) async throws {
    let ground = try Ground(shell) { $0.near = isNear ? .seconds(60) : .zero }
    let gzip = try #require(Ground.which("gzip"))
    _ = Ground.sh("rm -f '\(ground.folder)/bin/gzip'")
    try Ground.write("#!/bin/sh\necho used >>'\(ground.folder)/used'\nexec \(gzip) \"$@\"\n", to: "\(ground.folder)/bin/gzip")
    let text = String(repeating: "-- a recipe's line\n", count: 1000)
    let sources = try await ground.store.keep([SourceFile(path: "deploy.lua", text: text)])
    var receipt = try await receipt(ground, "r1", "d1")
    receipt.inputs.sources = sources
    try await leave(ground, [receipt], expects: nil, good: nil)
    let used = (Ground.text("\(ground.folder)/used") ?? "").split(separator: "\n").count
    let kept = Ground.text("\(ground.path)/.lander/recipes/\(sources.hex)") ?? ""
    #expect(kept.contains("a recipe's line") && kept.utf8.count > text.utf8.count, "\(kept.prefix(100))")
    // The host program itself is the first use.
    #expect(used == (isNear ? 1 : 2))
    #expect(Ground.sh("ls -A '\(ground.path)/.lander' | grep -c '^.recipe'") == "0\n")
    await ground.end()
  }

  @Test("a receipt that could not be written fails its host: a folder in its place takes no receipt in", arguments: Shell.here)
  func taken(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    let site = ground.site("d1", fence: 1, token: "t")
    let request = LockRequest(token: "t", owner: "ann@desk", purpose: "deploy", fence: 1)
    #expect(await ground.perform(1, .lock(request), site: site).failure == nil)
    _ = Ground.sh("mkdir '\(ground.path)/.lander/receipt'")
    let failure = await ground.perform(2, .record(try await receipt(ground, "r1", "d1")), site: site).failure
    #expect(failure?.kind == .corrupt && failure?.message.hasSuffix("/.lander/receipt is no file, and a file belongs there") == true)
    #expect(Ground.sh("ls -A '\(ground.path)/.lander/receipt'").isEmpty)
    await ground.end()
  }

  @Test("a deployment gets no receipt where its release was removed, or is not current, meanwhile", arguments: Shell.here)
  func looked(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    let site = ground.site("d1", fence: 1, token: "t")
    let request = LockRequest(token: "t", owner: "ann@desk", purpose: "deploy", fence: 1)
    #expect(await ground.perform(1, .lock(request), site: site).failure == nil)
    let receipt = try await receipt(ground, "r1", "d1")
    let cases: [(String, String?)] = [
      (
        "mkdir -p releases/r1 releases/r0 .lander/manifests; touch .lander/manifests/r1 .lander/manifests/r0; ln -s /tmp current",
        "leads to /tmp now"
      ),
      ("ln -sfn releases/r0 current", "leads to releases/r0 now"), ("rm current", "leads to no release now"),
      ("ln -s releases/r1 current; rmdir releases/r1", "release r1 was removed"), ("mkdir releases/r1", nil),
    ]
    for (number, (change, said)) in cases.enumerated() {
      _ = Ground.sh("cd '\(ground.path)' && \(change)")
      let failure = await ground.perform(number + 2, .record(receipt), site: site).failure
      #expect(
        said.map { failure?.kind == .corrupt && failure?.message.contains($0) == true } ?? (failure == nil), "\(change): \(failure as Any)")
    }
    // A rollback writes the receipt of an earlier deployment, whose release need not be current.
    _ = Ground.sh("rm '\(ground.path)/current'")
    #expect(await ground.perform(90, .record(try await self.receipt(ground, "r0", "d0")), site: site).failure == nil)
    await ground.end()
  }

  @Test("a receipt is on trial until its lock is given back as good, and only a good one becomes the way back", arguments: Shell.here)
  func trial(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    try await leave(ground, [try await receipt(ground, "r1", "d1")], expects: nil, good: "d1")
    #expect(await memory(ground) == "r1 < -")
    // The engine was killed, so nothing says that the deployment was good.
    try await leave(ground, [try await receipt(ground, "r2", "d2")], expects: "d1", good: nil)
    #expect(await memory(ground) == "r2? < r1")
    try await leave(ground, [try await receipt(ground, "r3", "d3")], expects: "d2", good: "d3")
    #expect(await memory(ground) == "r3 < r1")
    // The name of another deployment makes this receipt no good one.
    try await leave(ground, [try await receipt(ground, "r4", "d4")], expects: "d3", good: "d3")
    #expect(await memory(ground) == "r4? < r3")
    // If the deployment has succeeded on another host, the next deployment that takes the lock reports that.
    try await leave(ground, [], expects: "d4", knowing: "d4", good: nil)
    #expect(await memory(ground) == "r4 < r3")
    await ground.end()
  }

  @Test("a deployment that is taken back leaves the host's memory as it was, with the way back before it", arguments: Shell.here)
  func takenBack(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    try await leave(ground, [try await receipt(ground, "r1", "d1")], expects: nil, good: "d1")
    try await leave(ground, [try await receipt(ground, "r2", "d2")], expects: "d1", good: "d2")
    #expect(await memory(ground) == "r2 < r1")
    let failed = try await receipt(ground, "r3", "d3")
    let back = try await receipt(ground, "r2", "back", trial: nil, undid: "d3")
    // Each receipt is written twice, as after a channel that broke before the answer.
    try await leave(ground, [failed, failed], expects: "d2", good: nil)
    #expect(await memory(ground) == "r3? < r2")
    try await leave(ground, [back, back], expects: "d3", good: nil)
    #expect(await memory(ground) == "r2 < r1")
    await ground.end()
  }

  @Test("a receipt without a mark, as older versions wrote it, is good", arguments: Shell.here)
  func unmarked(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    try await leave(ground, [try await receipt(ground, "r1", "d1", trial: nil)], expects: nil, good: nil)
    #expect(Ground.sh("head -n 1 '\(ground.path)/.lander/receipt' | wc -w").trimmed == "3")
    #expect(await memory(ground) == "r1 < -")
    await ground.end()
  }

  @Test(
    "pruning keeps the last good release and its recipe while a newer one is on trial, and what was good before it", arguments: Shell.here)
  func pruned(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    _ = Ground.sh("mkdir -p '\(ground.path)/.lander/manifests'; umask 077")
    for release in ["r1", "r2", "r3", "r4"] {
      let make = "mkdir -p '\(ground.path)/releases/\(release)'; echo x >'\(ground.path)/.lander/manifests/\(release)'"
      _ = Ground.sh("\(make); echo \(release) >>'\(ground.path)/.lander/order'")
    }
    try await leave(ground, [try await receipt(ground, "r1", "d1")], expects: nil, good: "d1")
    try await leave(ground, [try await receipt(ground, "r2", "d2")], expects: "d1", good: "d2")
    try await leave(ground, [try await receipt(ground, "r3", "d3"), try await receipt(ground, "r4", "d4")], expects: "d2", good: nil)
    let recipes = Ground.sh("ls '\(ground.path)/.lander/recipes' | wc -l").trimmed
    #expect(recipes == "4")
    let site = ground.site("p", fence: 9, token: "p")
    #expect(await ground.perform(1, .prune(keep: 1, pinned: []), site: site).failure == nil)
    #expect(Ground.sh("ls '\(ground.path)/releases'") == "r1\nr2\nr4\n")
    #expect(Ground.sh("ls '\(ground.path)/.lander/recipes' | wc -l").trimmed == "3")
    await ground.end()
  }

  @Test("a receipt tells a rotated secret by a digest under the host's own key, and holds nothing of the value", arguments: Shell.here)
  func secrets(_ shell: Shell) async throws {
    let ground = try Ground(shell, secrets: ["TOKEN": "first-value", "OTHER": "stays-the-same"])
    let new = try await receipt(ground, "r1", "d1", secrets: ["OTHER", "TOKEN", "UNKNOWN"])
    try await leave(ground, [new], expects: nil, good: "d1")
    guard case .reached(let state) = await survey(ground), let kept = state.receipt else {
      Issue.record("no receipt")
      return
    }
    #expect(kept.secrets?.map { $0.digest != nil } == [true, true, false])
    #expect(Ground.sh("stat -c %a '\(ground.path)/.lander/key'") == "600\n")
    let key = try #require(Ground.text("\(ground.path)/.lander/key"))
    #expect(key.trimmed.utf8.count == 64)
    #expect(!Ground.sh("cat '\(ground.path)/.lander/receipt'").contains(key.trimmed))
    #expect(Ground.sh("grep -rlF -e first-value -e stays-the-same '\(ground.path)/.lander'").isEmpty)
    let same = await ground.hosts.compare(secretsOf: kept, on: ground.host, at: ground.path)
    #expect(same.same == ["OTHER", "TOKEN"] && same.changed.isEmpty && same.unknown == ["UNKNOWN"])
    #expect(same.reason == "no value was known when its receipt was written")
    let rotated = Hosts(
      options: ground.hosts.options, store: ground.store,
      vault: Vault(FixedSecrets(values: ["TOKEN": "second-value", "UNKNOWN": "known-by-now"])))
    let other = await rotated.compare(secretsOf: kept, on: ground.host, at: ground.path)
    #expect(other.changed == ["TOKEN"] && other.unknown == ["OTHER", "UNKNOWN"] && other.reason == "no value is known here")
    await rotated.close()
    // Without the key, no secret can be compared.
    _ = Ground.sh("rm '\(ground.path)/.lander/key'")
    let blind = await ground.hosts.compare(secretsOf: kept, on: ground.host, at: ground.path)
    #expect(blind.same.isEmpty && blind.changed.isEmpty && blind.unknown == ["OTHER", "TOKEN", "UNKNOWN"])
    var old = kept
    old.secrets = nil
    old.inputs.secrets = ["TOKEN"]
    let older = await ground.hosts.compare(secretsOf: old, on: ground.host, at: ground.path)
    #expect(older.unknown == ["TOKEN"] && older.reason == "its receipt was written by an older version, without them")
    await ground.end()
  }

  @Test("a lock says which process holds it, and another process of this machine sees when that is gone", arguments: Shell.here)
  func process(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    let request = LockRequest(token: "a", owner: "ann@desk", purpose: "deploy", fence: 1)
    #expect(await ground.perform(1, .lock(request), site: ground.site("d1", token: "a")).failure == nil)
    guard case .reached(let state) = await survey(ground) else {
      Issue.record("not reached")
      return
    }
    let process = try #require(state.lock?.process)
    #expect(EngineIdentity.isGone(process) == false)
    let words = process.split(separator: " ").map(String.init)
    #expect(words.count == 4)
    #expect(EngineIdentity.isGone("\(words[0]) \(words[1]) \(words[2]) 1") == true)
    // Another boot or another PID namespace may be another machine, so the answer is unknown.
    #expect(EngineIdentity.isGone("other \(words[1]) \(words[2]) \(words[3])") == nil)
    #expect(EngineIdentity.isGone("\(words[0]) pid:[1] \(words[2]) \(words[3])") == nil)
    #expect(EngineIdentity.isGone(nil) == nil)
    await ground.end()
  }
}
