import DeployCore
import DeployModel
import PlanDrafts

/// Sentences about releases, `current` and receipts.
extension Sentence {
  static let releases = [
    Sentence("a staged release is there and not current; the newest is named first; to stage it again is no error") { play in
      let (one, two) = (try play.release(1), try play.release(2))
      for release in [one, two, one] {
        let answer = await play.perform(.stage(release))
        play.expect(answer.kind == nil && answer.value == .null && answer.status == nil && answer.stdout == nil, "\(answer)")
      }
      let state = try await play.state()
      play.expect(state.releases == [two.id, one.id] && state.current == nil, "\(state.releases), current \(state.current ?? "-")")
    },
    Sentence("current names one release after the other, and one that is not there changes nothing") { play in
      let (one, two) = (try play.release(1), try play.release(2))
      for release in [one, two] { await play.done(.stage(release)) }
      for release in [one, two, two] {
        await play.done(.activate(release.id))
        play.expect(try await play.state().current, release.id, "current")
      }
      await play.refused(.missing, .activate("eeeeeeeeeeee"))
      play.expect(try await play.state().current, two.id, "current")
    },
    Sentence("without a release, current and the receipt of what it named are gone") { play in
      try await play.deploy(try play.release(1), fence: 1, expects: nil)
      for _ in 1...2 { await play.done(.activate(nil)) }
      let state = try await play.state()
      play.expect(state.current == nil && state.strange == nil && state.receipt == nil, "\(state)")
    },
    Sentence("a link of another tool gives way to a release and is put back by its text; one that changed meanwhile is left alone") {
      play in
      let release = try play.release(1)
      await play.done(.stage(release))
      play.ground.happen(.current(.link("/elsewhere/v1")))
      await play.done(.activate(release.id))
      play.expect(try await play.state().strange == nil, "the link is there still")
      for _ in 1...2 { await play.done(.relink("/elsewhere/v1")) }
      play.expect(try await play.state().strange, .link("/elsewhere/v1"), "the link")
      await play.refused(.invalid, .relink("/elsewhere/v0"))
      await play.refused(.invalid, .activate(nil))
      play.expect(try await play.state().strange, .link("/elsewhere/v1"), "the link")
    },
    Sentence("a folder or file that stands at current is not touched") { play in
      let release = try play.release(1)
      await play.done(.stage(release))
      for strange in [ForeignCurrent.folder, .file] {
        play.ground.happen(.current(strange))
        await play.refused(.invalid, .activate(release.id))
        await play.refused(.invalid, .activate(nil))
        play.expect(try await play.state().strange, strange, "current")
      }
    },
    Sentence("a release is discarded unless it is current, and one that is not there may be") { play in
      let (one, two) = (try play.release(1), try play.release(2))
      for release in [one, two] { await play.done(.stage(release)) }
      await play.done(.activate(one.id))
      await play.refused(.invalid, .discard(one.id))
      for _ in 1...2 { await play.done(.discard(two.id)) }
      let state = try await play.state()
      play.expect(state.releases == [one.id] && state.current == one.id, "\(state)")
    },
    Sentence("pruning keeps the newest, the current, the previous good and the pinned, and says what went, the newest first") { play in
      let all = try (1...6).map { try play.release($0) }
      try await play.deploy(all[0], fence: 1, expects: nil)
      try await play.deploy(all[1], fence: 2, expects: "d1")
      let site = play.site("d3", fence: 3, token: "t3")
      for release in all[2...] { await play.done(.stage(release), at: site) }
      let answer = await play.perform(.prune(keep: 1, pinned: [all[2].id]), at: site)
      play.expect(answer.kind == nil && answer.value == .list([.text(all[4].id.rawValue), .text(all[3].id.rawValue)]), "\(answer)")
      play.expect(try await play.state().releases, [5, 2, 1, 0].map { all[$0].id }, "releases")
      play.expect(await play.perform(.prune(keep: 1, pinned: [all[2].id]), at: site).value, .list([]), "what a second pruning took")
    },
    Sentence("a receipt that is replaced stays with its release, on trial as it was, and so does the recipe that it names") { play in
      let all = try (1...4).map { try play.release($0) }
      func kept() async -> [String] {
        let receipts = await play.transport.receipts(of: all.map(\.id) + ["eeeeeeeeeeee"], on: play.ground.host, at: play.path)
        return receipts.map { $0.deployment.rawValue + ($0.trial == true ? "?" : "") }
      }
      try await play.deploy(all[0], fence: 1, expects: nil)
      play.expect(await kept(), [], "what is kept of the only one")
      try await play.deploy(all[1], fence: 2, expects: "d1")
      try await play.deploy(all[2], fence: 3, expects: "d2", good: false)
      try await play.deploy(all[3], fence: 4, expects: "d3")
      play.expect(await kept(), ["d1", "d2", "d3?"], "what is kept")
      let site = play.site("d4", fence: 4, token: "t4")
      await play.done(.prune(keep: 5, pinned: []), at: site)
      let sources = try await play.receipt(all[0], "d1").inputs.sources
      play.expect(await play.perform(.sources(sources)).kind == nil, "the oldest recipe is gone")
      await play.done(.prune(keep: 1, pinned: []), at: site)
      play.expect(await kept(), ["d2"], "what is kept besides the current and the previous release")
      play.expect(await play.perform(.sources(sources)).kind, .missing, "the oldest recipe")
    },
    Sentence("a receipt is on trial until its deployment succeeds, and only a good one becomes the way back") { play in
      let all = try (1...4).map { try play.release($0) }
      func memory() async throws -> [String?] {
        let state = try await play.state()
        return [state.receipt, state.previous].map { receipt in receipt.map { $0.deployment.rawValue + ($0.trial == true ? "?" : "") } }
      }
      try await play.deploy(all[0], fence: 1, expects: nil)
      play.expect(try await memory(), ["d1", nil], "a first deployment")
      try await play.deploy(all[1], fence: 2, expects: "d1", good: false)
      play.expect(try await memory(), ["d2?", "d1"], "one that did not succeed")
      try await play.deploy(all[2], fence: 3, expects: "d2")
      play.expect(try await memory(), ["d3", "d1"], "one after that")
      try await play.deploy(all[3], fence: 4, expects: "d3", good: false)
      play.expect(try await memory(), ["d4?", "d3"], "another one")
      await play.done(play.ask("t5", fence: 5, expects: "d4", good: "d4"), at: play.site("d5", fence: 5, token: "t5"))
      play.expect(try await memory(), ["d4", "d3"], "one that proved good elsewhere")
    },
    Sentence("a deployment that is taken back leaves the memory of a host as it was") { play in
      let all = try (1...3).map { try play.release($0) }
      try await play.deploy(all[0], fence: 1, expects: nil)
      try await play.deploy(all[1], fence: 2, expects: "d1")
      try await play.deploy(all[2], fence: 3, expects: "d2", good: false)
      let site = play.site("back", fence: 4, token: "t4")
      await play.done(play.ask("t4", fence: 4, expects: "d3"), at: site)
      await play.done(.activate(all[1].id), at: site)
      for _ in 1...2 { await play.done(.record(try await play.receipt(all[1], "back", undid: "d3")), at: site) }
      let state = try await play.state()
      play.expect(state.receipt?.deployment == "back" && state.receipt?.undid == "d3" && state.previous?.deployment == "d1", "\(state)")
    },
    Sentence("what stays only as long as a deployment is on trial goes when it has succeeded") { play in
      let all = try (1...3).map { try play.release($0) }
      try await play.deploy(all[0], fence: 1, expects: nil)
      try await play.deploy(all[1], fence: 2, expects: "d1")
      let site = play.site("d3", fence: 3, token: "t3")
      await play.done(play.ask("t3", fence: 3, expects: "d2"), at: site)
      await play.done(.stage(all[2]), at: site)
      await play.done(.activate(all[2].id), at: site)
      await play.done(.record(try await play.receipt(all[2], "d3", trial: true)), at: site)
      await play.done(.prune(keep: 1, pinned: []), at: site)
      play.expect(try await play.state().releases, [2, 1, 0].map { all[$0].id }, "releases on trial")
      await play.done(.unlock(token: "t3", good: "d3"), at: site)
      play.expect(try await play.state().releases, [2, 1].map { all[$0].id }, "releases that proved good")
    },
    Sentence("a deployment gets no receipt for a release that is not current, or not there") { play in
      let (one, two) = (try play.release(1), try play.release(2))
      for release in [one, two] { await play.done(.stage(release)) }
      await play.done(.activate(one.id))
      await play.refused(.corrupt, .record(try await play.receipt(two, "d1")))
      await play.refused(.corrupt, .record(try await play.receipt(try play.release(3), "d1")))
      play.expect(try await play.state().receipt == nil, "there is a receipt")
      await play.done(.record(try await play.receipt(two, "d0")))
      play.expect(try await play.state().receipt?.deployment, "d0", "what an earlier deployment left, put back")
    },
    Sentence("the sources of a receipt's recipe are kept and told; others are missing") { play in
      let release = try play.release(1)
      try await play.deploy(release, fence: 1, expects: nil)
      let kept = await play.perform(.sources(try await play.receipt(release, "d1").inputs.sources))
      let file: Value = .record(of: [("path", "deploy.lua"), ("text", .text("recipe \"web\" { -- \(release.id)\n}\n"))])
      play.expect(kept.kind == nil && kept.value == .list([file]), "\(kept)")
      await play.refused(.missing, .sources(Digest(hex: String(repeating: "0", count: 64))))
    },
    Sentence("a receipt tells a rotated secret from one that stayed, and what cannot be compared is named") { play in
      let writer = try play.another(secrets: ["SAME": "stays-the-same", "TURNED": "first-value"])
      let release = try play.release(1)
      for operation in [DeployModel.Operation.stage(release), .activate(release.id)] { await play.done(operation, by: writer) }
      await play.done(.record(try await play.receipt(release, "d1", secrets: ["NEVER", "SAME", "TURNED"])), by: writer)
      guard let kept = try await play.state().receipt else { return play.expect(false, "there is no receipt") }
      play.expect(kept.secrets?.map { $0.digest != nil }, [false, true, true], "which secrets have a mark")
      let reader = try play.another(secrets: ["SAME": "stays-the-same", "TURNED": "second-value", "NEVER": "by-now"])
      var found = await reader.compare(secretsOf: kept, on: play.ground.host, at: play.path)
      play.expect(found.same == ["SAME"] && found.changed == ["TURNED"] && found.unknown == ["NEVER"] && found.reason != nil, "\(found)")
      found = await play.transport.compare(secretsOf: kept, on: play.ground.host, at: play.path)
      play.expect(found.same.isEmpty && found.changed.isEmpty && found.unknown == ["NEVER", "SAME", "TURNED"], "\(found)")
    },
  ]
}
