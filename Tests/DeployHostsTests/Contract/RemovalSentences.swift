import DeployCore
import DeployModel
import PlanDrafts

/// Sentences about the removal of an application from a host.
extension Sentence {
  static let removals = [
    Sentence("an application is removed: its releases and receipts are gone, its data and files of others stay and are named") { play in
      try await play.deploy(try play.release(1), fence: 1, expects: nil)
      try await play.deploy(try play.release(2), fence: 2, expects: "d1")
      try await play.fill()
      let site = play.site("d3", fence: 3, token: "t3")
      await play.done(play.ask("t3", fence: 3, expects: "d2"), at: site)
      let number = play.next()
      for _ in 1...2 {
        let answer = await play.perform(.remove(shared: false), number: number, at: site)
        play.expect(answer.kind == nil && answer.value == .list([.text("notes"), .text("shared")]), "\(answer)")
      }
      let later = await play.perform(.remove(shared: false), at: site)
      play.expect(later.kind == nil && later.value == .list([.text("notes"), .text("shared")]), "asked by another number: \(later)")
      await play.done(.unlock(token: "t3"), at: site)
      let state = try await play.state()
      play.expect(state.current == nil && state.strange == nil && state.releases.isEmpty && state.receipt == nil, "\(state)")
      play.expect(state.previous == nil && state.lock == nil && state.damage.isEmpty, "\(state)")
      play.expect(await play.text("\(play.path)/shared/data"), "precious\n", "the data")
      play.expect(await play.text("\(play.path)/notes"), "of somebody\n", "what somebody else put there")
    },
    Sentence("the data of an application goes with it if that is asked for, and nothing else") { play in
      try await play.deploy(try play.release(1), fence: 1, expects: nil)
      try await play.fill()
      let site = play.site("d2", fence: 2, token: "t2")
      await play.done(play.ask("t2", fence: 2, expects: "d1"), at: site)
      let answer = await play.perform(.remove(shared: true), at: site)
      play.expect(answer.kind == nil && answer.value == .list([.text("notes")]), "\(answer)")
      await play.refused(.missing, .read(path: "\(play.path)/shared/data", limit: 100), at: site)
    },
    Sentence("a deployment after a removal is a first one, and an engine of before is refused by its fence") { play in
      let release = try play.release(1)
      try await play.deploy(release, fence: 1, expects: nil)
      let site = play.site("d5", fence: 5, token: "t5")
      await play.done(play.ask("t5", fence: 5, expects: "d1"), at: site)
      await play.done(.remove(shared: false), at: site)
      for _ in 1...2 { await play.done(.unlock(token: "t5"), at: site) }
      play.expect(try await play.state().fence, 5, "the fence")
      let old = play.site("d4", fence: 4, token: "t4")
      for effect in [DeployModel.Operation.stage(release), .activate(release.id), play.ask("t4", fence: 4)] {
        await play.refused(.fenced, effect, at: old)
      }
      try await play.deploy(release, fence: 6, expects: nil)
      let state = try await play.state()
      play.expect(state.current == release.id && state.receipt?.deployment == "d6" && state.previous == nil, "\(state)")
    },
    Sentence("nothing is removed if somebody else made current, and a lock that is taken over forgets no removal of another") { play in
      try await play.deploy(try play.release(1), fence: 1, expects: nil)
      let site = play.site("d2", fence: 2, token: "t2")
      await play.done(play.ask("t2", fence: 2, expects: "d1"), at: site)
      for strange in [ForeignCurrent.link("/elsewhere"), .folder, .file] {
        play.ground.happen(.current(strange))
        await play.refused(.invalid, .remove(shared: true), at: site)
        play.expect(try await play.state().strange, strange, "current")
      }
      await play.done(.unlock(token: "t2"), at: site)
      let state = try await play.state()
      play.expect(state.releases.count == 1 && state.receipt?.deployment == "d1", "\(state)")
    },
    Sentence("a host that nothing was deployed to has nothing to remove, and says so") { play in
      let site = play.site("d1", fence: 1, token: "t1")
      await play.done(play.ask("t1", fence: 1), at: site)
      let answer = await play.perform(.remove(shared: true), at: site)
      play.expect(answer.kind == nil && answer.value == .list([]), "\(answer)")
    },
  ]
}

extension Play {
  /// Adds data of the application, and a file that Lander did not make, beside the releases.
  fileprivate func fill() async throws {
    ground.happen(.folder("shared"))
    await done(.write(path: "\(path)/shared/data", content: "precious\n", mode: nil, owner: nil), at: site("d0", fence: -1, token: ""))
    await done(.write(path: "\(path)/notes", content: "of somebody\n", mode: nil, owner: nil), at: site("d0", fence: -1, token: ""))
  }
}
