import DeployCore
import DeployModel
import PlanDrafts
import Testing

@Suite("stages that are undone")
struct UndoTests {
  private static let revision = Digest(hex: String(repeating: "b", count: 64))
  private static let terms = StageTerms(once: .revision, ground: .host, undo: 1)

  private static func stage(_ name: String = "migrate", _ function: Int = 0, _ terms: StageTerms? = terms) -> Stage {
    .script(name: name, summary: "", function: function, when: nil, place: nil, terms: terms)
  }

  /// Returns a deployment of another revision than the one that hosts run.
  private static func deployment(_ stages: [Stage]) -> Plan {
    plan(hosts: 2, stages: stages).edited { $0.inputs.bundle = revision }
  }

  /// - Parameters:
  ///   - failing: the command that fails.
  ///   - kind: the kind of its failure.
  private static func play(_ plan: Plan, failing: String = "break", as kind: Failure.Kind = .command, rings: Bool = false) -> Play {
    Play(plan, ListScripts([[run("migrate", on: 0)], [run("down", on: 0)], [run("break", on: 0)]]), rings: rings) { intent in
      if case .run(let command) = intent.operation, command.line == failing { return .failed(kind, "no") }
      return .done()
    }
  }

  private static func acts(_ play: Play) -> [String] {
    play.intents.compactMap { intent in
      switch intent.operation {
      case .mark(let request): "\(request.act.rawValue) \(request.mark.state.rawValue)"
      case .run(let command): command.line
      default: nil
      }
    }
  }

  /// Returns a failed deployment and its rollback. The deployment fails in its second stage; the first one can be undone.
  private static func way() throws -> (failed: Conclusion, back: Plan) {
    let failing = deployment([stage(), stage("break", 2, nil), .rollout(nil)])
    let end = try #require(play(failing).conclusion)
    return (end, try #require(RollbackPlanner.plan(after: failing, end, by: PlannerTests.identity)))
  }

  @Test("a stage that began before a deployment failed is owed to its way back, which locks all hosts and changes none")
  func owed() throws {
    let (end, back) = try Self.way()
    #expect(end.status == .failed && end.rollback == [] && end.undo?.map(\.mark.stage) == ["migrate"] && end.owesWayBack)
    #expect(end.undo?.first?.mark.undo == .after && end.undo?.first?.error == nil)
    #expect(back.hosts.map(\.action) == [.unchanged, .unchanged] && back.flow.stages.map(\.name) == ["undo of migrate"])
    #expect(back.lock.inherits == "t")
    let play = Self.play(back)
    #expect(Self.acts(play) == ["again undoing", "again undoing", "down", "drop undoing", "drop undoing"])
    #expect(play.conclusion?.status == .succeeded && play.verbs.filter { $0.hasSuffix(" lock") }.count == 2)
  }

  @Test("a stage that failed is undone too, and its function is told why; one that was not begun is not")
  func failed() throws {
    let failing = Self.deployment([Self.stage(), .rollout(nil), Self.stage("later", 0)])
    let end = try #require(Self.play(failing, failing: "migrate").conclusion)
    #expect(end.undo?.map(\.mark.stage) == ["migrate"] && end.undo?.first?.mark.state == .failed)
    #expect(end.undo?.first?.error?.failure.kind == .command)
    let back = try #require(RollbackPlanner.plan(after: failing, end, by: PlannerTests.identity))
    #expect(back.undone.first?.error?.failure.kind == .command && Self.play(back).conclusion?.status == .succeeded)
  }

  @Test("a stage whose end nobody knows stays, and so does what ran before it; behind the rollout no host goes back")
  func unknown() throws {
    let early = try #require(
      Self.play(Self.deployment([Self.stage("first", 2), Self.stage(), .rollout(nil)]), failing: "migrate", as: .lost).conclusion)
    #expect(early.undo == nil && early.notUndone == ["migrate", "first"] && early.irreversible == nil)
    let late = try #require(Self.play(Self.deployment([.rollout(nil), Self.stage()]), failing: "migrate", as: .lost).conclusion)
    #expect(late.undo == nil && late.rollback == [] && late.irreversible == "migrate" && late.hosts == [.succeeded, .succeeded])
  }

  @Test("nothing is undone while a host runs the revision all the same")
  func stays() throws {
    let failing = plan(hosts: 2, stages: [Self.stage(), Self.stage("break", 2, nil), .rollout(nil)]).edited {
      $0.inputs.bundle = Self.revision
      $0.hosts[1].action = .unchanged
    }
    let end = try #require(Self.play(failing).conclusion)
    #expect(end.undo == nil && end.notUndone == ["migrate"] && !end.owesWayBack)
    let again = try #require(Self.play(plan(hosts: 2, stages: failing.flow.stages)).conclusion)
    #expect(again.undo == nil && again.notUndone == ["migrate"], "hosts go back to the same revision")
  }

  /// Returns a rollback that undoes a stage of release `r2`. A number says which release a host leaves, and nil that it is empty.
  private static func rollback(_ leaving: [Int?], kind: Plan.Kind = .rollback(of: nil), rules: Plan.Flow.Rules = .newest) -> Plan {
    let mark = StageMark(
      stage: "migrate", revision: revision, state: .done, deployment: "d2", by: "me@here", at: Timestamp(milliseconds: 0), undo: .after)
    let undo = StageUndo(mark, recipe: 0, error: nil, release: "r2")
    return plan(hosts: leaving.count, stages: [stage("undo of migrate", 1, StageTerms(ground: .host, undoes: undo))]).edited {
      $0.kind = kind
      $0.rules = rules
      for (number, release) in leaving.enumerated() {
        ($0.hosts[number].action, $0.hosts[number].current) = (release == nil ? .unchanged : .change, release.map { "r\($0)" })
        $0.hosts[number].previous = release.map { Memory.receipt($0, "d2", at: 20) }
      }
    }
  }

  @Test("an undo runs on a host that leaves the release, and hosts that have nothing are no targets of it; older plans keep their order")
  func election() throws {
    func elected(_ plan: Plan) -> Int? { plan.flow.stages[0].terms.flatMap(plan.elected(for:)) }
    let beside = Self.rollback([nil, 1, 2, 2])
    #expect(elected(beside) == 2 && beside.targets(undoing: "r2") == [2, 3, 1] && beside.targets(undoing: nil) == [0, 1, 2, 3])
    let gone = beside.edited { $0.hosts[2].lost = "r2" }
    #expect(elected(gone) == 3, "the folder of the release is gone on the first of the hosts")
    #expect(Self.rollback([nil, 2], rules: .tenth).targets(undoing: "r2") == [0, 1])
    let failed = Self.rollback([nil, nil, 1], kind: .rollback(of: "d2"))
    #expect(elected(failed) == 0 && failed.targets(undoing: "r2") == [0, 1, 2], "the release was sent to all, and nothing was changed")
    let restored = failed.edited { ($0.hosts[2].action, $0.hosts[2].goal) = (.unchanged, $0.hosts[2].previous) }
    #expect(elected(restored) == 2, "a host that was restored had the release for sure")
  }

  @Test("after a failed first deployment, an undo runs on a host that ran the release, not on one that never got it")
  func first() throws {
    let failing = Self.deployment([Self.stage(), Self.stage("break", 2, nil), .rollout(nil)]).edited {
      for number in $0.hosts.indices { ($0.hosts[number].previous, $0.hosts[number].current) = (nil, nil) }
      $0.rules = .newest
    }
    var end = try #require(Self.play(failing).conclusion)
    let error = ScriptError(Failure(.command, "no"))
    end.hosts = [.untouched(error), .restored(error)]
    let back = try #require(RollbackPlanner.plan(after: failing, end, by: PlannerTests.identity))
    #expect(back.flow.stages[0].terms.flatMap(back.elected(for:)) == 1 && back.undone[0].release == failing.hosts[0].target?.id)
  }

  @Test("an undo that takes too long ends, and is no further tried")
  func deadline() throws {
    let play = Self.play(try Self.way().back, rings: true)
    #expect(play.conclusion?.status == .failed && play.conclusion?.error?.failure.kind == .timeout)
    #expect(play.conclusion?.notUndone == ["migrate"] && Self.acts(play).last == "end failed")
  }

  @Test("an undo whose end nobody knows leaves the mark that it was begun")
  func lost() throws {
    let play = Self.play(try Self.way().back, failing: "down", as: .lost)
    #expect(Self.acts(play) == ["again undoing", "again undoing", "down"] && play.conclusion?.notUndone == ["migrate"])
  }

  @Test("who cancels a rollback ends an undo that hangs, and nothing else of it")
  func cancelled() throws {
    var conductor = Conductor(
      plan: try Self.way().back, scripts: ListScripts([[], [run("down", on: 0)]]))
    var waiting: Int?
    var queue: [Happening] = [.started]
    func isCancelled(_ effects: [Effect], _ intent: Int?) -> Bool {
      effects.contains { if case .cancel(let one) = $0 { one == intent } else { false } }
    }
    while !queue.isEmpty {
      for effect in conductor.take(queue.removeFirst()) {
        guard case .perform(let intent) = effect else { continue }
        if case .run = intent.operation { waiting = intent.id } else { queue.append(.finished(intent: intent.id, .done())) }
      }
    }
    #expect(waiting != nil)
    let effects = conductor.take(.said(Message(id: "m1", .cancel, by: "kim@desk", at: Timestamp(milliseconds: 9))))
    #expect(isCancelled(effects, waiting))
    let isAccepted = effects.contains {
      if case .note(.answered(_, true, let words)) = $0 { words.hasPrefix("Ending the undo of migrate") } else { false }
    }
    #expect(isAccepted, "\(effects)")
  }
}
