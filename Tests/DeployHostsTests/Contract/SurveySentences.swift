import DeployCore
import DeployModel
import PlanDrafts

/// Sentences about surveys.
extension Sentence {
  static let surveys = [
    Sentence("an untouched host has nothing, and a survey leaves it untouched") { play in
      for _ in 1...2 {
        let state = try await play.state()
        play.expect(state.current == nil && state.strange == nil && state.releases.isEmpty && state.damage.isEmpty, "\(state)")
        play.expect(state.receipt == nil && state.previous == nil && state.stranger == nil && state.failedRestore == nil, "\(state)")
        play.expect(state.lock == nil && state.fence == 0 && state.jobs.isEmpty && state.hindrance == nil, "\(state)")
        play.expect(!state.facts.shell.isEmpty && !state.facts.bootID.isEmpty && state.facts.freeBytes > 0, "\(state.facts)")
        play.expect(abs(state.facts.clockSkew.milliseconds) < 2000, "the clocks differ by \(state.facts.clockSkew)")
        play.expect(state.place != nil, "a host that cannot say which machine it is")
      }
    },
    Sentence("an unreachable host is said to be so, by a survey, by an operation and by a question for users") { play in
      guard let away = play.ground.away else { return }
      guard case .unreachable(let failure) = await play.transport.survey(away, at: play.path, application: "shop", group: "all", shared: [])
      else { return play.expect(false, "it was surveyed") }
      play.expect(failure.kind, .unreachable, "a survey")
      var site = play.site()
      site.host = away
      await play.refused(.unreachable, Act.count.command(), at: site)
      play.expect(await play.transport.refusal(of: ["root"], on: away)?.kind, .unreachable, "a question for users")
    },
    Sentence("a host says whether the holder of its lock has run commands there, as long as it is locked") { play in
      let release = try play.release(1)
      await play.done(play.ask("t1", fence: 1))
      await play.done(.stage(release))
      play.expect(try await play.state().isBegun == nil, "what is sent is no command of a recipe")
      await play.done(Act.count.command())
      let state = try await play.state()
      play.expect(state.isBegun == true && state.isAbandoned && state.isUnsettled, "a command was run, and \(state.isBegun as Any) is said")
      await play.done(.unlock(token: "t1"))
      play.expect(try await play.state().isBegun == nil, "nobody holds the lock any more")
    },
    Sentence("a relative path is refused, by a survey and by an operation") { play in
      let survey = await play.transport.survey(play.ground.host, at: "srv/shop", application: "shop", group: "all", shared: [])
      guard case .unreachable(let failure) = survey else { return play.expect(false, "it was surveyed") }
      play.expect(failure.kind, .invalid, "a survey")
      var site = play.site()
      site.path = "srv/shop"
      await play.refused(.invalid, Act.count.command(), at: site)
    },
    Sentence("a folder below the login user's home can be surveyed before anybody knows where that is, and is left unmade") { play in
      let asked = "~/.lander-contract/nowhere"
      let survey = await play.transport.survey(play.ground.host, at: asked, application: "shop", group: "all", shared: [])
      guard case .reached(let state) = survey else { return play.expect(false, "it was refused: \(survey)") }
      play.expect(state.lock == nil && state.fence == 0 && state.receipt == nil && state.current == nil, "\(state)")
      play.expect(state.facts.home.isAbsolutePath, "its home is \(state.facts.home)")
      play.expect(state.place?.path.isAbsolutePath == true && state.place?.path.contains("~") == false, "it is \(state.place as Any)")
    },
    Sentence("names that would be something else on a host are refused before it is asked") { play in
      for name in ["", ".hidden", "a/b", "a b", "é"] {
        await play.refused(.invalid, Act.count.command(), at: play.site(Deployment.ID(name)))
      }
      await play.refused(.invalid, Act.count.command(), release: "../x")
      await play.refused(.invalid, .run(Command(.argv([]))))
      await play.refused(.invalid, Act.count.command(user: "-x"))
      await play.refused(.invalid, .run(Command(.shell("true"), environment: [.init("1A", "x")])))
      await play.refused(.invalid, .read(path: "", limit: 10))
      play.expect(try await play.state().jobs.isEmpty, "something was begun")
    },
    Sentence("what somebody else made of current is told: a link with its text, a folder, a file") { play in
      for strange in [ForeignCurrent.link("/elsewhere/v1"), .folder, .file] {
        play.ground.happen(.current(strange))
        let state = try await play.state()
        play.expect(
          state.current == nil && state.strange == strange, "\(strange) is told as \(state.current ?? "-"), \(state.strange as Any)")
      }
    },
    Sentence("a release that lost its folder, its manifest or an entry is told as such, and is whole when it was staged again") { play in
      let release = try play.release(1)
      try await play.deploy(release, fence: 1, expects: nil)
      for kind in [ReleaseDamage.Kind.lacking(1, of: 4), .unlisted, .gone] {
        play.ground.happen(.damage(ReleaseDamage(release.id, kind)))
        let state = try await play.state()
        play.expect(state.damage, [ReleaseDamage(release.id, kind)], "damage")
        play.expect(state.current, release.id, "current")
        let site = play.site("d2", fence: 2, token: "t2")
        await play.done(.stage(release), at: site)
        play.expect(try await play.state().damage, [], "damage of a release that was staged again")
        await play.done(.record(try await play.receipt(release, "d2")), at: site)
      }
    },
    Sentence("a running command is told with its deployment, number, fence and line, and is gone when it has ended") { play in
      let running = try await play.begin(.stay, number: 7)
      let jobs = try await play.state().jobs
      play.expect(jobs.map { "\($0.deployment) \($0.intent) \($0.fence) \($0.command)" }, ["d1 7 1 \(Act.stay.line)"], "jobs")
      await play.transport.cancel(7, at: play.site())
      _ = await running.value
      play.expect(try await play.state().jobs.isEmpty, "it is told after its end")
    },
    Sentence("another application's receipt is a stranger's, and its host gives no lock; a group of the same shares it") { play in
      let release = try play.release(1)
      try await play.deploy(release, fence: 1, expects: nil)
      let state = try await play.state("api")
      play.expect(state.receipt == nil && state.stranger?.application == "shop" && state.current == release.id, "\(state)")
      let before = try await play.picture()
      await play.refused(.invalid, play.ask("b", fence: 2), at: play.site("d2", fence: 2, token: "b", application: "api"))
      let after = try await play.state()
      play.expect(after.lock == nil && after.receipt?.deployment == "d1", "\(before) became \(after)")
      await play.done(play.ask("c", fence: 3, expects: "d1"), at: play.site("d3", fence: 3, token: "c"))
    },
    Sentence("shared files that are missing are told by a survey, and a release that shares them is not staged") { play in
      play.ground.happen(.absent("shared/conf/key"))
      let state = try await play.state(shared: ["log/", "conf/key"])
      play.expect(state.lacks?.kind, .missing, "a survey")
      await play.refused(.missing, .stage(try play.release(1, shared: ["log/", "conf/key"])))
      play.expect(try await play.state().releases, [], "releases")
      play.expect(try await play.state(shared: ["log/"]).lacks == nil, "a shared folder is missing, which is made when it is needed")
    },
    Sentence("users that a host does not have are named, and no command runs as one of them") { play in
      play.expect(await play.transport.refusal(of: [], on: play.ground.host) == nil, "nobody is refused")
      play.expect(await play.transport.refusal(of: ["nobody-of-that-name"], on: play.ground.host)?.kind, .missing, "a question for users")
      await play.refused(.missing, Act.count.command(user: "nobody-of-that-name"))
      play.expect(await play.text("ran") == nil, "it ran")
    },
  ]
}
