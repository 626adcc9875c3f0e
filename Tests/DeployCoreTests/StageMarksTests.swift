import DeployModel
import PlanDrafts
import Testing

@testable import DeployCore

/// Tests what the planner does with marks of stages.
@Suite("stages that hosts remember, in plans")
struct StageMarksTests {
  private static let revision = Digest(hex: String(repeating: "b", count: 64))
  private static let older = Digest(hex: String(repeating: "c", count: 64))
  private static let place = SourcePlace(file: "deploy.lua", line: 7)

  private static func stage(_ name: String, _ once: StageTerms.Once? = .revision, irreversible: Bool = false) -> Stage {
    .script(
      name: name, summary: "", function: 0, when: nil, place: place,
      terms: StageTerms(once: once, irreversible: irreversible ? true : nil))
  }

  private static func mark(
    _ state: StageMark.State, _ stage: String = "migrate", of revision: Digest = revision, at: Int = 5, irreversible: Bool = false
  ) -> StageMark {
    StageMark(
      stage: stage, revision: revision, state: state, deployment: "d0", by: "kim@desk", at: Timestamp(milliseconds: at),
      isIrreversible: irreversible)
  }

  private static func survey(_ marks: [StageMark], holder: Deployment.ID? = nil, _ receipt: Receipt? = nil) -> Survey {
    var state = PlannerTests.state(receipt)
    state.marks = marks.isEmpty ? nil : marks
    if let holder {
      state.lock = Lock(
        deployment: holder, token: "x", owner: "kim@desk", purpose: "deploy web", since: Timestamp(milliseconds: 1), fence: 1, leaseLeft: 9)
    }
    return .reached(state)
  }

  private static func selection(_ stages: [Stage], hosts: Int = 2) throws -> Selection {
    let hosts = (0..<hosts).map { Host(name: "h\($0)") }
    var recipe = Recipe(
      name: "web", targets: .hosts(DeploymentGroup(name: "g", hosts: hosts)), placement: Placement(path: "/srv/web"))
    recipe.flow.stages = [.upload] + stages + [.rollout(nil)]
    return try Selection(DeploymentRequest(), in: Project(recipes: [recipe]))
  }

  private static func settled(
    _ surveys: [Survey], beside others: [Survey] = [], ran: [String] = [], again: [String] = [], once: StageTerms.Once? = .revision
  ) throws -> StageTerms.Settled? {
    let stages = try StageMarks(surveys, beside: Bystanders(others)).settle(
      [stage("migrate", once)], of: selection([stage("migrate", once)]), revision, StageMarks.Overrides(ran: ran, again: again))
    return stages[0].terms?.settled
  }

  private static func refused(_ body: () throws -> some Any) -> Problems? {
    do { _ = try body() } catch { return error as? Problems }
    Issue.record("nothing was refused")
    return nil
  }

  @Test("a stage that runs now on hosts which the deployment leaves alone is waited for, whatever is said of it")
  func underWay() throws {
    let other = Self.survey([Self.mark(.begun)], holder: "d0")
    for again in [[], ["migrate"]] {
      let problems = Self.refused { try Self.settled([Self.survey([])], beside: [other], again: again) }
      #expect(
        problems?.exit == .locked && problems?.list.first?.fix == "wait for it, then deploy again: lander wait d0", "\(problems as Any)")
    }
    // The deployment waits for its own hosts' locks, and learns then how the stage ended.
    #expect(try Self.settled([other]) == nil)
  }

  @Test("what one host remembers counts for all, also one that the deployment leaves alone")
  func done() throws {
    let done = Self.mark(.done)
    #expect(try Self.settled([Self.survey([]), Self.survey([done])]) == .ran(done))
    #expect(try Self.settled([Self.survey([])], beside: [Self.survey([done])]) == .ran(done))
    #expect(try Self.settled([Self.survey([Self.mark(.done, of: Self.older)])]) == nil, "another revision")
    #expect(try Self.settled([Self.survey([Self.mark(.done, "warm")])]) == nil, "another stage")
    #expect(try Self.settled([Self.survey([done])], once: .deployment) == nil, "it runs in each deployment")
    #expect(try Self.settled([Self.survey([Self.mark(.begun), done])]) == .ran(done), "done wins")
  }

  @Test("that it was undone counts more than what another host remembers from before, and less than that it ran since")
  func undone() throws {
    let undone = Self.mark(.undone, at: 7)
    for stale in [Self.mark(.done), Self.mark(.undoing), Self.mark(.begun)] {
      #expect(try Self.settled([Self.survey([stale]), Self.survey([undone])]) == .owed(undone), "\(stale.state)")
    }
    let again = Self.mark(.done, at: 9)
    #expect(try Self.settled([Self.survey([again]), Self.survey([undone])]) == .ran(again))
    let failed = Self.mark(.failed)
    #expect(try Self.settled([Self.survey([failed])]) == .owed(failed))
  }

  @Test("a stage that was begun and whose end nobody knows is refused, with the line and both answers")
  func begun() throws {
    let problems = try #require(Self.refused { try Self.settled([Self.survey([Self.mark(.begun)])]) })
    #expect(problems.exit == .refused && problems.list.map(\.place) == [Self.place])
    #expect(
      problems.list[0].message
        == "stage \"migrate\" was begun for this revision by deployment d0 of kim@desk, and nobody knows whether it came to its end; "
        + "it does not run again by itself")
    #expect(
      problems.list[0].fix
        == "where it was begun, lander resume d0 finds out and continues\n"
        + "else check whether it is done: then lander deploy web --group g --ran migrate, else lander deploy web --group g --again migrate")
    let undoing = try #require(Self.refused { try Self.settled([Self.survey([Self.mark(.undoing)])]) })
    #expect(
      undoing.list[0].fix?.hasSuffix(
        "else check whether it is undone: then lander deploy web --group g --again migrate, else lander deploy web --group g --ran migrate")
        == true)
    #expect(try Self.settled([Self.survey([Self.mark(.begun)])], ran: ["migrate"]) == .told)
    #expect(try Self.settled([Self.survey([Self.mark(.begun)])], again: ["migrate"]) == .again)
    #expect(try Self.settled([Self.survey([Self.mark(.begun)], holder: "d0")]) == nil, "the deployment that began it is asked by the lock")
  }

  @Test("a name that is of no such stage is refused, and so is a stage that ran and is to run again")
  func strays() throws {
    let unknown = try #require(Self.refused { try Self.settled([], ran: ["migrat"]) })
    #expect(unknown.exit == .usage && unknown.list[0].subject == "migrat")
    #expect(unknown.list[0].message == "recipe \"web\" has no stage \"migrat\" that runs once for each revision")
    #expect(unknown.list[0].fix?.contains("migrate") == true)
    let usual = try #require(Self.refused { try Self.settled([], again: ["migrate"], once: nil) })
    #expect(usual.list[0].fix == "leave it out: every stage runs in each deployment")
    let both = try #require(Self.refused { try Self.settled([], ran: ["migrate"], again: ["migrate"]) })
    #expect(both.exit == .usage && both.list[0].fix == "leave --ran or --again out")
  }

  // MARK: the way back

  private static func receipt(_ release: Release.ID, of bundle: Digest, at: Int) -> Receipt {
    Receipt(
      application: "web", group: "g", release: Release(id: release, bundle: bundle),
      inputs: Receipt.Inputs(bundle: bundle, sources: PlannerTests.sources, parameters: .record([]), shared: [], secrets: []),
      deployment: "d\(at)", recipe: "web", actor: "a@b", at: Timestamp(milliseconds: at))
  }

  @Test("a rollback behind a stage that cannot be undone is refused, unless that is named")
  func inTheWay() throws {
    let goal = Self.receipt("old", of: Self.older, at: 3)
    func problems(_ marks: [StageMark], despite: [String] = []) -> [Problem] {
      StageMarks([Self.survey(marks), Self.survey(marks)]).inTheWay(to: goal, despite: despite, typed: "web")
    }
    let found = problems([Self.mark(.done, "contract", irreversible: true)])
    #expect(
      found.map(\.message) == [
        "stage \"contract\" cannot be undone, and ran for revision \(Self.revision.short) in deployment d0 of kim@desk, "
          + "after release old came there"
      ])
    #expect(
      found[0].fix
        == "deploy a revision that works with what the stage changed; if that release does too: lander rollback web --despite contract")
    let twice = [Self.mark(.done, "contract", irreversible: true), Self.mark(.begun, "drop", at: 6, irreversible: true)]
    #expect(problems(twice).count == 2 && problems(twice)[0].fix?.hasSuffix("--despite drop --despite contract") == true)
    #expect(problems(twice)[0].message.contains("was begun for revision"))
    #expect(problems(twice, despite: ["contract"]).count == 1 && problems(twice, despite: ["contract", "drop"]).isEmpty)
    #expect(problems([Self.mark(.done, "contract")]).isEmpty, "it can be undone")
    #expect(problems([Self.mark(.done, "contract", at: 3, irreversible: true)]).isEmpty, "the release came after it")
    #expect(problems([Self.mark(.done, "contract", of: Self.older, irreversible: true)]).isEmpty, "it is that release's own")
    #expect(problems([], despite: ["contrakt"]).map(\.subject) == ["--despite contrakt"])
  }

  @Test("a way back of slots names every stage that stays in each command that it advises")
  func slots() throws {
    var undoable = Self.mark(.done, "migrate")
    undoable.undo = .before
    let marks = [undoable] + ["drop", "contract"].map { Self.mark(.done, $0, at: 6, irreversible: true) }
    let problems = Self.refused {
      try Slots.refuse(
        going: Self.receipt("old", of: Self.older, at: 3), Self.selection([]), [Self.survey(marks)], despite: ["contract", "none"],
        typed: "web")
    }
    let fixes = problems?.list.compactMap(\.fix).filter { $0.contains("lander rollback") } ?? []
    #expect(
      fixes.count == 2 && fixes.allSatisfy { $0.hasSuffix("lander rollback web --despite contract --despite drop --despite migrate") })
    #expect(problems?.list.first?.subject == "--despite none")
  }

  @Test("a deployment takes nothing back behind a stage that cannot be undone of one before it")
  func behind() throws {
    let stage = Self.stage("contract", nil, irreversible: true)
    func plan(_ marks: [StageMark]) throws -> Plan {
      let input = Planner.Input(
        selection: try Self.selection([stage]), release: PlannerTests.release, bundle: PlannerTests.bundle, manifest: Manifest(items: []),
        sources: PlannerTests.sources,
        surveys: [
          Self.survey(marks, Self.receipt("old", of: Self.older, at: 3)), Self.survey([], Self.receipt("old", of: Self.older, at: 3)),
        ])
      return try Planner.deployment(input, by: PlannerTests.identity)
    }
    #expect(try plan([]).flow.behind == nil && plan([]).flow.goesBack)
    let barred = try plan([Self.mark(.failed, "contract", irreversible: true)])
    #expect(barred.flow.behind == "contract" && !barred.flow.goesBack)
    #expect(try plan([Self.mark(.done, "contract", at: 2, irreversible: true)]).flow.behind == nil)
  }
}
