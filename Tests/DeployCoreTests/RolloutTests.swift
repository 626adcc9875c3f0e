import DeployCore
import DeployModel
import PlanDrafts
import Testing

@Suite("A rollout")
struct RolloutTests {
  @Test("takes one host through lock, stage, hooks, switch, receipt and unlock")
  func oneHost() {
    let play = Play(
      plan(hosts: 1, hooks: [(.applicationStop, 0), (.applicationStart, 1)]),
      ListScripts([[run("stop", on: 0)], [run("start", on: 0)]]))
    #expect(play.verbs == ["0 lock", "0 stage", "0 stop", "0 activate", "0 start", "0 record", "0 prune", "0 unlock"])
    #expect(play.conclusion?.status == .succeeded)
    #expect(play.conclusion?.hosts == [.succeeded])
  }

  @Test("skips the events that take leave of a release where there is none")
  func firstDeployment() {
    let play = Play(
      plan(hosts: 1, hooks: [(.applicationStop, 0), (.applicationStart, 1)], first: true),
      ListScripts([[run("stop", on: 0)], [run("start", on: 0)]]))
    #expect(!play.verbs.contains("0 stop"))
    #expect(play.effects.contains(.note(.eventSkipped(host: 0, .applicationStop, reason: "nothing was deployed here before"))))
  }

  @Test("restores a host whose hook fails after the switch, by stopping the new and starting the old")
  func restore() {
    var starts = 0
    let play = Play(
      plan(hosts: 1, hooks: [(.applicationStop, 0), (.applicationStart, 1)]),
      ListScripts([[run("stop", on: 0)], [run("start", on: 0)]])
    ) { intent in
      guard case .run(let command) = intent.operation, command.line == "start" else { return .done() }
      starts += 1
      return starts == 1 ? .failed(.command, "start exited with 1") : .done()
    }
    #expect(
      play.verbs == [
        "0 lock", "0 stage", "0 stop", "0 activate", "0 start", "0 stop", "0 activate", "0 start", "0 discard", "0 unlock",
      ])
    #expect(play.conclusion?.status == .failed)
    guard case .restored(let error)? = play.conclusion?.hosts[0] else { return #expect(Bool(false), "the host is not restored") }
    #expect(error.failure.message == "start exited with 1")
  }

  @Test("says what to type when restoring fails too")
  func restoreFails() {
    let play = Play(plan(hosts: 1, hooks: [(.applicationStart, 0)]), ListScripts([[run("start", on: 0)]])) { intent in
      if case .run = intent.operation { return .failed(.command, "start exited with 1") }
      return .done()
    }
    guard case .restoreFailed(_, _, let commands)? = play.conclusion?.hosts[0] else {
      return #expect(Bool(false), "restoring did not fail")
    }
    #expect(commands.contains { $0.contains("releases/old") })
  }

  @Test("a stop hook that fails on the way back is told as failed, and what to type says that the release still runs and to make room")
  func stopFailsOnTheWayBack() {
    let play = Play(
      plan(hosts: 1, hooks: [(.applicationStop, 0), (.applicationStart, 1)]), ListScripts([[run("stop", on: 0)], [run("start", on: 0)]])
    ) { intent in
      switch intent.operation {
      case .run(let command) where command.line == "start" || intent.site.release == "new": .failed(.noSpace, "the disk is full")
      default: .done()
      }
    }
    let ends = play.effects.compactMap { effect -> Failure? in
      if case .note(.eventEnded(0, .applicationStop, let error)) = effect { return error?.failure ?? Failure(.internal, "no failure") }
      return nil
    }
    #expect(ends.map(\.message) == ["no failure", "the disk is full"])
    let remarks = play.effects.compactMap { if case .note(.remark(let text)) = $0 { text } else { nil } }
    #expect(remarks.contains("h0: ApplicationStop failed: the disk is full; the way back continues without it"), "\(remarks)")
    guard case .restoreFailed(_, _, let commands)? = play.conclusion?.hosts[0] else {
      return #expect(Bool(false), "restoring did not fail")
    }
    #expect(commands.contains { $0.hasPrefix("df -h /srv/shop") } && commands.contains { $0.contains("was not stopped") }, "\(commands)")
  }

  @Test("hands the hosts that succeeded before a failure over to a rollback, and keeps only their locks for it")
  func rollbackOfTouched() {
    let play = Play(plan(hosts: 3, hooks: [(.applicationStart, 0)], parallel: 1), ListScripts([[run("start", on: 1)]])) { intent in
      if case .run = intent.operation, intent.id > 12 { return .failed(.command, "no") }
      return .done()
    }
    #expect(play.conclusion?.status == .failed)
    let back = play.conclusion?.rollback ?? []
    #expect(!back.isEmpty)
    #expect(play.verbs.filter { $0.hasSuffix("unlock") } == (0..<3).filter { !back.contains($0) }.map { "\($0) unlock" })
  }

  @Test("never takes more hosts out of service than the floor allows")
  func floor() {
    let play = Play(plan(hosts: 4, hooks: [(.applicationStart, 0)], floor: 3), ListScripts([[run("start", on: 0)]]))
    var changing = 0
    for case .note(.host(_, let status)) in play.effects {
      if status == .changing { changing += 1 }
      if status == .succeeded { changing -= 1 }
      #expect(changing <= 1)
    }
    #expect(play.conclusion?.status == .succeeded)
  }

  @Test("has failed when no host succeeded, however many the budget lets fail")
  func nobodyCameThrough() {
    let play = Play(plan(hosts: 2, hooks: [(.applicationStart, 0)], failed: 2), ListScripts([[run("start", on: 0)]])) { intent in
      if case .run = intent.operation, intent.site.release == "new" { return .failed(.command, "start exited with 1") }
      return .done()
    }
    #expect(play.conclusion?.status == .failed)
  }

  @Test("changes nothing when the first host's lock is held, and names the holder")
  func locked() {
    let play = Play(plan(hosts: 2), ListScripts([])) { intent in
      guard case .lock = intent.operation else { return .done() }
      var outcome = Outcome.failed(.locked, "locked by carol@ci")
      outcome.value = .record(of: [("deployment", "d9"), ("owner", "carol@ci")])
      return outcome
    }
    #expect(play.verbs == ["0 lock"])
    #expect(play.conclusion?.status == .refused)
    #expect(play.conclusion?.holder?.owner == "carol@ci")
  }

  @Test("touches nothing any more once a host says that a newer deployment owns it")
  func fenced() {
    let play = Play(plan(hosts: 2), ListScripts([])) { intent in
      if case .activate = intent.operation { return .failed(.fenced, "fence 3 is newer") }
      return .done()
    }
    #expect(play.conclusion?.status == .failed)
    #expect(!play.verbs.contains { $0.hasSuffix("unlock") })
  }

  @Test("runs the functions of each at most `limit` at once and answers with all results in order")
  func children() {
    let scripts = ListScripts([
      [.spawn([Body(recipe: 0, function: 1), Body(recipe: 0, function: 2), Body(recipe: 0, function: 1)], limit: 2, keepGoing: false)],
      [run("a", on: 0)], [run("b", on: 0)],
    ])
    let play = Play(plan(hosts: 1, hooks: [(.afterInstall, 0)]), scripts)
    #expect(play.verbs.filter { $0 == "0 a" || $0 == "0 b" } == ["0 a", "0 b", "0 a"])
    #expect(play.conclusion?.status == .succeeded)
  }

  @Test("a replay of every prefix of the events asks exactly what the live run asked")
  func replay() throws {
    let p = plan(hosts: 3, hooks: [(.applicationStop, 0), (.applicationStart, 1)], floor: 1, parallel: 2)
    let scripts = { ListScripts([[run("stop", on: 0)], [.sleep(.seconds(1)), run("start", on: 0)]]) }
    var entries = [Entry(sequence: 0, at: p.origin.at, fact: .planned(p))]
    var conductor = Conductor(plan: p, scripts: scripts())
    var queue: [Happening] = [.started]
    func add(_ fact: Entry.Fact) { entries.append(Entry(sequence: entries.count, at: p.origin.at, fact: fact)) }
    while !queue.isEmpty {
      let happening = queue.removeFirst()
      add(.happened(happening))
      for effect in conductor.take(happening) {
        switch effect {
        case .perform(let intent):
          add(.intended(intent))
          queue.append(.finished(intent: intent.id, .done()))
        case .ring(let timer, _): queue.append(.rang(timer: timer))
        case .note(let note): add(.noted(note))
        case .conclude(let end): add(.concluded(end))
        default: break
        }
      }
    }
    guard case .concluded(let end)? = entries.last?.fact else { return #expect(Bool(false), "no end") }
    #expect(end.status == .succeeded)
    for count in 1...entries.count {
      let recovery = try Recovery(replaying: Array(entries.prefix(count)), of: p, scripts: scripts())
      #expect(recovery.conclusion != nil || count < entries.count)
    }
  }
}
