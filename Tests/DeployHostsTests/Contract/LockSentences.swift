import DeployCore
import DeployModel
import PlanDrafts

/// Sentences about the lock and the fence.
extension Sentence {
  static let locks = [
    Sentence("a lock is taken with its fence, and a survey says whose it is") { play in
      let answer = await play.perform(play.ask("a", fence: 4), at: play.site("d4", fence: 4, token: "a"))
      play.expect(answer.kind == nil && answer.value == .record(of: [("fence", 4)]), "\(answer)")
      let state = try await play.state()
      let lock = state.lock
      play.expect(lock?.deployment == "d4" && lock?.token == "a" && lock?.owner == "a@desk", "\(lock as Any)")
      play.expect(lock?.purpose == "deploy web of shop" && lock?.application == "shop" && lock?.group == "all", "\(lock as Any)")
      play.expect(lock?.fence == 4 && (1...60).contains(lock?.leaseLeft ?? 0) && state.fence == 4, "\(lock as Any)")
    },
    Sentence("another's lock refuses, with who holds it, and stays as it is") { play in
      await play.done(play.ask("a", fence: 1), at: play.site("d1", fence: 1, token: "a"))
      let before = try await play.picture()
      let answer = await play.perform(play.ask("b", fence: 2), at: play.site("d2", fence: 2, token: "b"), by: try play.another())
      play.expect(answer.kind, .locked, "the second")
      let holder: Value = .record(of: [
        ("application", "shop"), ("deployment", "d1"), ("fence", 1), ("group", "all"), ("owner", "a@desk"),
        ("purpose", "deploy web of shop"), ("token", "a"),
      ])
      play.expect(answer.value, holder, "the holder")
      play.expect(try await play.picture(), before, "the host")
    },
    Sentence("asked again with the same token it is renewed, and keeps its beginning") { play in
      let site = play.site("d1", fence: 1, token: "a")
      await play.done(play.ask("a", fence: 1), at: site)
      let first = try await play.state().lock
      try await Task.sleep(for: .milliseconds(30))
      await play.done(play.ask("a", fence: 1), at: site)
      let second = try await play.state().lock
      play.expect(first != nil && second?.since == first?.since, "it began at \(first?.since as Any), then at \(second?.since as Any)")
    },
    Sentence("whoever inherits a token takes the lock over") { play in
      await play.done(play.ask("a", fence: 1), at: play.site("d1", fence: 1, token: "a"))
      await play.done(play.ask("b", fence: 2, inherits: "a"), at: play.site("d2", fence: 2, token: "b"))
      let state = try await play.state()
      play.expect(state.lock?.token == "b" && state.lock?.deployment == "d2" && state.fence == 2, "\(state.lock as Any)")
    },
    Sentence("an open transport renews its leases; after its end the lease runs out, and the next one takes the lock") { play in
      let engine = try play.another()
      // The lock is renewed every 3 s. On a busy machine a renewal may be late.
      await play.done(play.ask("a", fence: 1, lease: .seconds(9)), at: play.site("d1", fence: 1, token: "a"), by: engine)
      let (next, site) = (play.ask("b", fence: 2), play.site("d2", fence: 2, token: "b"))
      try await Task.sleep(for: .milliseconds(10_500))
      await play.refused(.locked, next, at: site)
      await engine.close()
      await play.refused(.locked, next, at: site)
      try await until("the lease runs out", within: 40) { await play.perform(next, at: site).kind == nil }
    },
    Sentence("a parked lock stays without an engine, and of two that would go on one gets it, and no older one") { play in
      let (engine, site) = (try play.another(), play.site("d1", fence: 1, token: "a"))
      await play.done(play.ask("a", fence: 1, lease: .seconds(3)), at: site, by: engine)
      var parked = Parked(
        deployment: "d1", engine: "1", gate: 1, kind: .approval, name: "go", message: "all well?", round: 7,
        since: Timestamp(milliseconds: 7), until: Timestamp(milliseconds: 1_200_009))
      await play.done(.park(ParkRequest(parked, lease: .minutes(30))), at: site, by: engine)
      let left = try await play.state().lock?.leaseLeft ?? 0
      play.expect((200...300).contains(left), "whose journal no host has keeps its lock for \(left) s")
      parked.copy = Digest(hex: "ab")
      try await engine.entrust(parked, Array("a journal\n".utf8), at: site)
      await engine.close()
      let state = try await play.state()
      play.expect(state.parked, parked, "what the host keeps")
      play.expect((state.lock?.leaseLeft ?? 0) > 1700 && state.lock?.process == nil, "\(state.lock as Any)")
      func unpark(_ claim: String, _ round: Int) -> DeployModel.Operation {
        .unpark(UnparkRequest(by: "\(claim)@desk", claim: claim, round: round, hosts: 1, lease: .seconds(30)))
      }
      await play.refused(.fenced, unpark("old", 6), at: site)
      await play.done(unpark("one", 7), at: site)
      await play.done(unpark("one", 7), at: site)
      await play.refused(.fenced, unpark("two", 7), at: site, by: try play.another())
      let after = try await play.state()
      play.expect(after.parked == nil && (1...30).contains(after.lock?.leaseLeft ?? 0), "\(after.lock as Any)")
    },
    Sentence("an effect under a lock that another engine took renews it from then on") { play in
      let (dead, site) = (try play.another(), play.site("d1", fence: 1, token: "a"))
      await play.done(play.ask("a", fence: 1, lease: .seconds(3)), at: site, by: dead)
      await dead.close()
      func left() async -> Int { (try? await play.state().lock?.leaseLeft) ?? 99 }
      try await until("the lease runs out", within: 40) { await left() <= 0 }
      await play.done(Act.count.command(), at: site)
      try await until("the lease lives again", within: 40) { await left() > 0 }
    },
    Sentence("another application's lock refuses by name, and also after its lease, until a receipt says whose the folder is") { play in
      let engine = try play.another()
      await play.done(play.ask("a", fence: 1, lease: .seconds(3)), at: play.site("d1", fence: 1, token: "a"), by: engine)
      await engine.close()
      let (other, site) = (play.ask("b", fence: 2), play.site("d2", fence: 2, token: "b", application: "api"))
      try await until("the lease runs out", within: 40) { (try? await play.state().lock).map { $0.leaseLeft <= 0 } ?? false }
      let answer = await play.perform(other, at: site)
      play.expect(answer.kind == .invalid && answer.value["application"] == "shop" && answer.value["token"] == "a", "\(answer)")
    },
    Sentence("an older fence gets no lock, nor does another token with the same fence") { play in
      await play.done(play.ask("a", fence: 5), at: play.site("d5", fence: 5, token: "a"))
      await play.done(.unlock(token: "a"), at: play.site("d5", fence: 5, token: "a"))
      await play.refused(.fenced, play.ask("b", fence: 4), at: play.site("d4", fence: 4, token: "b"))
      await play.refused(.fenced, play.ask("c", fence: 5), at: play.site("d6", fence: 5, token: "c"))
      let state = try await play.state()
      play.expect(state.lock == nil && state.fence == 5, "\(state.lock as Any) at fence \(state.fence)")
    },
    Sentence("an older sequence than the last one gets no lock, the same one and none do") { play in
      func ask(_ fence: Int, _ sequence: Int?) -> DeployModel.Operation {
        guard case .lock(var request) = play.ask("t\(fence)", fence: fence) else { return .exists(path: "") }
        request.sequence = sequence
        return .lock(request)
      }
      let turns: [(Int, Int?, Bool)] = [
        (1, 7, true), (2, 6, false), (3, 7, true), (4, nil, true), (5, 6, false), (6, 90, true), (7, 8, false),
      ]
      for (fence, sequence, isGiven) in turns {
        let site = play.site("d\(fence)", fence: fence, token: "t\(fence)")
        let answer = await play.perform(ask(fence, sequence), at: site)
        play.expect(answer.kind, isGiven ? nil : .locked, "the sequence \(sequence as Any)")
        if isGiven { await play.done(.unlock(token: "t\(fence)"), at: site) }
        play.expect(try await play.state().lock == nil, "it is held")
      }
    },
    Sentence("a request that saw another fence gets no lock, unless the fence is its own, and changes nothing") { play in
      func ask(_ token: String, _ fence: Int, seen: Int?) -> DeployModel.Operation {
        guard case .lock(var request) = play.ask(token, fence: fence) else { return .exists(path: "") }
        request.seen = seen
        return .lock(request)
      }
      func site(_ token: String, _ fence: Int) -> HostSite { play.site(Deployment.ID("d\(fence)"), fence: fence, token: token) }
      await play.refused(.fenced, ask("a", 5, seen: 3), at: site("a", 5))
      play.expect(try await play.state().fence == 0, "the fence was raised")
      await play.done(ask("a", 5, seen: 0), at: site("a", 5))
      await play.done(ask("a", 5, seen: 0), at: site("a", 5))
      await play.done(.unlock(token: "a"), at: site("a", 5))
      await play.done(ask("a", 5, seen: 0), at: site("a", 5))
      await play.refused(.locked, ask("b", 9, seen: 0), at: site("b", 9))
      await play.done(.unlock(token: "a"), at: site("a", 5))
      await play.refused(.fenced, ask("b", 9, seen: 0), at: site("b", 9))
      let state = try await play.state()
      play.expect(state.lock == nil && state.fence == 5, "\(state.lock as Any) at fence \(state.fence)")
      await play.done(ask("b", 9, seen: 5), at: site("b", 9))
    },
    Sentence("a plan that is out of date gets no lock, and keeps none") { play in
      try await play.deploy(try play.release(1), fence: 1, expects: nil)
      for (fence, expects) in [(2, nil), (3, "d7" as Deployment.ID)] {
        await play.refused(.invalid, play.ask("b", fence: fence, expects: expects), at: play.site("d2", fence: fence, token: "b"))
        let state = try await play.state()
        play.expect(state.lock == nil && state.fence == fence, "\(state.lock as Any) at fence \(state.fence)")
      }
    },
    Sentence("a lock waits for what earlier deployments left running, and is given up if that does not end in time") { play in
      let old = try play.another()
      _ = try await play.begin(.stay, number: 7, by: old)
      await old.close()
      let next = play.site("d2", fence: 2, token: "b")
      let waiting = await play.perform(play.ask("b", fence: 2), at: next, timeout: .seconds(2))
      play.expect(waiting.kind, .timeout, "the lock")
      // A slow host may give the lock back after the caller got its answer.
      try await until("the lock is given back") { (try? await play.state().lock == nil) ?? false }
      var state = try await play.state()
      play.expect(state.jobs.map(\.intent) == [7], "\(state.jobs)")
      await play.done(play.ask("c", fence: 3, orphans: .kill), at: play.site("d3", fence: 3, token: "c"))
      state = try await play.state()
      play.expect(state.lock?.token == "c" && state.jobs.isEmpty, "\(state.lock as Any), \(state.jobs)")
    },
    Sentence("who cancels the wait for a lock has none") { play in
      let old = try play.another()
      _ = try await play.begin(.stay, number: 7, by: old)
      await old.close()
      let (number, site) = (play.next(), play.site("d2", fence: 2, token: "b"))
      let waiting = Task { await play.perform(play.ask("b", fence: 2), number: number, at: site) }
      try await until("the lock is asked for") { (try? await play.state().fence) == 2 }
      await play.transport.cancel(number, at: site)
      play.expect(await waiting.value.kind, .cancelled, "the lock")
      try await until("the lock is given back") { (try? await play.state().lock == nil) ?? false }
    },
    Sentence("a lock is given back by its holder only, and what is not held may be given back") { play in
      await play.done(play.ask("a", fence: 1), at: play.site("d1", fence: 1, token: "a"))
      await play.refused(.locked, .unlock(token: "b"), at: play.site("d2", fence: 2, token: "b"))
      play.expect(try await play.state().lock?.token, "a", "the holder")
      for _ in 1...2 { await play.done(.unlock(token: "a"), at: play.site("d1", fence: 1, token: "a")) }
      play.expect(try await play.state().lock == nil, "it is held")
    },
    Sentence("who gives a lock back that somebody took away says what is left all the same, unless a newer deployment was there") { play in
      let left = { (id: Deployment.ID) in FailedRestore(deployment: id, message: "stopped", commands: []) }
      await play.done(play.ask("a", fence: 1), at: play.site("d1", fence: 1, token: "a"))
      for said in [nil, left("d1")] { await play.done(.unlock(token: "a", left: said), at: play.site("d1", fence: 1, token: "a")) }
      play.expect(try await play.state().failedRestore, left("d1"), "what is left")
      await play.done(play.ask("b", fence: 2), at: play.site("d2", fence: 2, token: "b"))
      await play.done(.unlock(token: "b"), at: play.site("d2", fence: 2, token: "b"))
      await play.done(.unlock(token: "a", left: left("d3")), at: play.site("d1", fence: 1, token: "a"))
      play.expect(try await play.state().failedRestore, left("d1"), "what is left after a newer one")
    },
    Sentence("a host remembers that it could not be taken back, until it is or a receipt is written") { play in
      let left = FailedRestore(deployment: "d1", message: "it's \"broken\"\nand $HOME", commands: ["cd /srv", "ln -s 'a b' c"])
      let turns: [(FailedRestore?, FailedRestore?)] = [
        (left, left), (nil, left), (FailedRestore(deployment: "d3", message: "", commands: []), nil), (left, left),
        (FailedRestore(deployment: "d5", message: "", commands: [], isOwn: true), left),
        (FailedRestore(deployment: "d1", message: "", commands: [], isOwn: true), nil), (left, left),
      ]
      for (number, (said, kept)) in turns.enumerated() {
        let (fence, token) = (number + 1, "t\(number)")
        await play.done(play.ask(token, fence: fence), at: play.site("d\(fence)", fence: fence, token: token))
        await play.done(.unlock(token: token, left: said), at: play.site("d\(fence)", fence: fence, token: token))
        play.expect(try await play.state().failedRestore, kept, "turn \(fence)")
      }
      try await play.deploy(try play.release(1), fence: 9, expects: nil)
      play.expect(try await play.state().failedRestore == nil, "a receipt was written since")
    },
    Sentence("every effect of an older fence is refused as fenced, as is another token's of the same fence, and changes nothing") { play in
      let release = try play.release(1)
      try await play.deploy(release, fence: 1, expects: nil)
      await play.done(play.ask("new", fence: 5, expects: "d1"), at: play.site("d5", fence: 5, token: "new"))
      play.ground.happen(.machineFile("here", "text\n", mode: 0o644))
      let before = try await play.picture()
      let effects: [DeployModel.Operation] = [
        Act.count.command(), .check(.command(Act.count.line)), .check(.port(1)), .write(path: "f", content: "x", mode: nil, owner: nil),
        .link(target: "x", path: "f"), .upload(from: "\(play.ground.folder)/here", to: "f"), .stage(try play.release(2)), .stage(release),
        .activate(release.id), .activate(nil), .relink("/x"), .discard(release.id), .prune(keep: 1, pinned: []),
        .remove(shared: true), .record(try await play.receipt(release, "d4")),
      ]
      for effect in effects {
        for site in [play.site("d4", fence: 4, token: "old"), play.site("d6", fence: 5, token: "other")] {
          let answer = await play.perform(effect, at: site)
          play.expect(answer.kind == .fenced && answer.value == .null && answer.status == nil, "\(effect.verb): \(answer)")
        }
      }
      play.expect(try await play.picture(), before, "the host")
      for path in ["ran", "f"] { play.expect(await play.perform(.exists(path: path)).value, .bool(false), path) }
    },
    Sentence("questions are answered whatever the fence: reading, looking and kept sources") { play in
      try await play.deploy(try play.release(1), fence: 5, expects: nil)
      let old = play.site("d4", fence: 4, token: "old")
      play.expect(await play.perform(.exists(path: "none"), at: old).value, .bool(false), "exists")
      await play.refused(.missing, .read(path: "none", limit: 10), at: old)
      await play.done(.sources(try await play.receipt(try play.release(1), "d5").inputs.sources), at: old)
    },
    Sentence("the first effect of a higher fence shuts the older ones out") { play in
      await play.done(Act.count.command(), at: play.site("d1", fence: 3, token: "a"))
      play.expect(try await play.state().fence, 3, "fence")
      await play.refused(.fenced, Act.count.command(), at: play.site("d2", fence: 2, token: "b"))
      play.expect(await play.text("ran"), "x\n", "what ran")
    },
  ]
}
