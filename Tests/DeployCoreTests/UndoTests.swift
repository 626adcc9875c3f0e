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

  /// Returns a plan for another revision than the hosts run.
  private static func deployment(_ stages: [Stage]) -> Plan {
    plan(hosts: 2, stages: stages).edited { $0.inputs.bundle = revision }
  }

  /// Plays a plan.
  /// - Parameter failing: the command line that fails. `kind` is the kind of its failure.
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

  /// Returns the end of a deployment that failed in a second stage, after a stage that can be undone, and the plan of its rollback.
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
