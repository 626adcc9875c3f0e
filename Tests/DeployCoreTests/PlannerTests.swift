import DeployCore
import DeployModel
import PlanDrafts
import Testing

@Suite("The planner")
struct PlannerTests {
  static let bundle = Bundle(digest: Digest(hex: String(repeating: "b", count: 64)), files: 10, bytes: 1000, source: "dist")
  static let sources = Digest(hex: String(repeating: "5", count: 64))
  static let release = Release(id: "new", bundle: bundle.digest)
  static let identity = Planner.Identity(id: "d2", actor: "a@b", at: Timestamp(milliseconds: 9), engine: "test", token: "t2", seed: 1)

  static func receipt(_ release: Release.ID, sources: Digest = sources) -> Receipt {
    Receipt(
      application: "web", group: "g", release: Release(id: release, bundle: bundle.digest),
      inputs: Receipt.Inputs(bundle: bundle.digest, sources: sources, parameters: .record([]), shared: [], secrets: []), deployment: "d1",
      recipe: "web", actor: "a@b", at: Timestamp(milliseconds: 1))
  }

  static func state(_ receipt: Receipt?, previous: Receipt? = nil, free: Int = 1 << 40, fence: Int = 0) -> HostState {
    HostState(
      facts: HostFacts(shell: "dash", user: "deploy", bootID: "b", freeBytes: free, freeInodes: 1 << 20), current: receipt?.release.id,
      releases: [receipt, previous].compactMap { $0?.release.id }, receipt: receipt, previous: previous, fence: fence)
  }

  func input(_ surveys: [Survey], shared: [String] = [], unreachable: Int = 0, force: Bool = false) throws -> Planner.Input {
    let hosts = surveys.indices.map { Host(name: "h\($0)") }
    let project = Project(
      recipes: [
        Recipe(
          name: "web", targets: .hosts(DeploymentGroup(name: "g", hosts: hosts)),
          configuration: DeploymentConfiguration(unreachable: .count(unreachable)), placement: Placement(path: "/srv/web", shared: shared))
      ])
    return Planner.Input(
      selection: try Selection(DeploymentRequest(), in: project), release: Self.release, bundle: Self.bundle,
      manifest: Manifest(items: [.init(path: "log/x", kind: .file, mode: 0o644)]), sources: Self.sources, surveys: surveys, force: force)
  }

  @Test("a host whose receipt says the same of everything is left unchanged, unless forced (P10)")
  func unchanged() throws {
    let surveys: [Survey] = [.reached(Self.state(Self.receipt("new"))), .reached(Self.state(Self.receipt("old")))]
    let plan = try Planner.deployment(input(surveys), by: Self.identity)
    #expect(plan.hosts.map(\.action) == [.unchanged, .change])
    #expect(try Planner.deployment(input(surveys, force: true), by: Self.identity).hosts.map(\.action) == [.change, .change])
  }

  @Test("another recipe, and be it by one letter, is a change")
  func otherSources() throws {
    let other = Self.receipt("new", sources: Digest(hex: String(repeating: "6", count: 64)))
    #expect(try Planner.deployment(input([.reached(Self.state(other))]), by: Self.identity).hosts[0].action == .change)
  }

  @Test("the fence is one above the highest that any host has seen")
  func fence() throws {
    let plan = try Planner.deployment(input([.reached(Self.state(nil, fence: 4)), .reached(Self.state(nil, fence: 9))]), by: Self.identity)
    #expect(plan.lock.fence == 10)
  }

  @Test("unreachable hosts are left out within the budget and refused beyond it, all of them by name")
  func unreachable() throws {
    let gone = Survey.unreachable(Failure(.unreachable, "connection refused"))
    let surveys = [gone, gone, .reached(Self.state(nil))]
    #expect(try Planner.deployment(input(surveys, unreachable: 2), by: Self.identity).hosts.filter { $0.action == .change }.count == 1)
    do {
      _ = try Planner.deployment(input(surveys, unreachable: 1), by: Self.identity)
      Issue.record("it was planned")
    } catch let problems as Problems {
      #expect(problems.exit == .unreachable)
      #expect(problems.list.map(\.subject) == ["h0", "h1"])
    }
  }

  @Test("a host without room is refused before anything is sent")
  func noSpace() throws {
    #expect { try Planner.deployment(input([.reached(Self.state(nil, free: 1000))]), by: Self.identity) } throws: {
      ($0 as? Problems)?.exit == .infrastructure
    }
  }

  @Test("a shared path that is also in the bundle is refused")
  func shared() {
    #expect { try Planner.deployment(input([.reached(Self.state(nil))], shared: ["log/"]), by: Self.identity) } throws: {
      ($0 as? Problems)?.list[0].message == "shared path \"log/\" is also in the bundle (log/x)"
    }
  }

  @Test("a failed deployment leads to one rollback of the hosts it had changed, and a rollback to none")
  func rollback() throws {
    let plan = try Planner.deployment(
      input([.reached(Self.state(Self.receipt("old"))), .reached(Self.state(Self.receipt("old")))]), by: Self.identity)
    let failed = Conclusion(
      status: .failed, error: ScriptError(Failure(.command, "no")), rollback: [0],
      hosts: [.succeeded, .restored(ScriptError(Failure(.command, "no")))])
    let back = try #require(RollbackPlanner.plan(after: plan, failed, by: Self.identity))
    #expect(back.hosts.map(\.target?.id) == ["old"])
    #expect(back.hosts.map(\.current) == ["new"])
    #expect(back.revision == Self.receipt("old").inputs.bundle, "it is not of what failed")
    #expect(back.lock.inherits == plan.lock.token && back.lock.fence == plan.lock.fence + 1)
    #expect(RollbackPlanner.plan(after: back, failed, by: Self.identity) == nil)
  }

  @Test("a rollback that somebody asks for keeps the floor that the recipe's own batches make")
  func askedForFloor() throws {
    let survey = Survey.reached(Self.state(Self.receipt("new"), previous: Self.receipt("old")))
    let group = DeploymentGroup(name: "g", hosts: (0..<3).map { Host(name: "h\($0)") })
    let rolling = Stage.rollout(Strategy(name: "rolling", function: 0, batch: .count(1)))
    let project = Project(recipes: [
      Recipe(name: "web", targets: .hosts(group), placement: Placement(path: "/srv/web"), flow: Recipe.Flow(stages: [.upload, rolling]))
    ])
    let kept = [PinnedRecipe(name: "web", sources: Self.sources, hooks: [])]
    let selection = try Selection(DeploymentRequest(), in: project)
    let plan = try RollbackPlanner.plan(selection, surveys: [survey, survey, survey], kept: kept, by: Self.identity)
    #expect(plan.bounds.floor == 2)
  }

  @Test("a floor that no host may move under is refused with the numbers, and one that nobody gave makes way for one host")
  func stuck() throws {
    let gone = Survey.unreachable(Failure(.unreachable, "no route"))
    var input = try input([.reached(Self.state(Self.receipt("old"))), .reached(Self.state(Self.receipt("old"))), gone], unreachable: 1)
    #expect(try Planner.deployment(input, by: Self.identity).bounds.floor == 0)
    input.selection.configuration.floor = .count(2)
    #expect {
      try Planner.deployment(input, by: Self.identity)
    } throws: { error in
      let problem = (error as? Problems)?.list[0]
      return problem?.message == "2 of 3 hosts serve now and the floor is 2 of these: none may be taken out of service"
        && problem?.fix?.contains("set the floor to 1") == true
    }
    input.selection.configuration = DeploymentConfiguration(healthy: .allButOne)
    #expect {
      try Planner.deployment(input, by: Self.identity)
    } throws: {
      ($0 as? Problems)?.list[0].message
        == "2 of 3 hosts can be healthy and 2 have to stay so: none of the healthy ones may be deployed to"
    }
    input.selection.configuration = DeploymentConfiguration(floor: .count(2))
    input.surveys[2] = .reached(Self.state(nil))
    #expect(try Planner.deployment(input, by: Self.identity).bounds.floor == 2, "the fresh host is brought in first")
  }

  @Test("the hosts that go back keep only what of the floor the rest of the group does not, and one may always move")
  func rollbackFloor() throws {
    let old = Survey.reached(Self.state(Self.receipt("old")))
    var plan = try Planner.deployment(input([old, old, old]), by: Self.identity)
    plan = plan.edited { $0.bounds.floor = 2 }
    func floor(_ back: [Int], _ hosts: [HostStatus]) -> Int? {
      let failed = Conclusion(status: .failed, rollback: back, hosts: hosts)
      return RollbackPlanner.plan(after: plan, failed, by: Self.identity)?.bounds.floor
    }
    let error = ScriptError(Failure(.command, "no"))
    #expect(floor([0], [.succeeded, .restored(error), .pending]) == 0)
    #expect(floor([0, 1], [.succeeded, .succeeded, .restored(error)]) == 1)
    #expect(floor([0, 1, 2], [.succeeded, .succeeded, .succeeded]) == 2)
    #expect(floor([0], [.succeeded, .unknown(error.failure), .unknown(error.failure)]) == 0)
  }

  @Test("a rollback that somebody asks for needs nothing but what the hosts remember")
  func askedFor() throws {
    let survey = Survey.reached(Self.state(Self.receipt("new"), previous: Self.receipt("old")))
    let kept = [PinnedRecipe(name: "web", sources: Self.sources, hooks: [])]
    let plan = try RollbackPlanner.plan(input([survey]).selection, surveys: [survey], kept: kept, by: Self.identity)
    #expect(plan.hosts[0].target?.id == "old" && plan.hosts[0].restoring == 0)
    var again = Self.receipt("old")
    again.undid = Self.receipt("new").deployment
    let undone = Survey.reached(Self.state(again, previous: Self.receipt("new")))
    #expect(throws: Problems.self, "what failed and was taken back is nothing to go back to") {
      try RollbackPlanner.plan(input([undone]).selection, surveys: [undone], kept: kept, by: Self.identity)
    }
    let none = Survey.reached(Self.state(Self.receipt("new")))
    #expect(throws: Problems.self) { try RollbackPlanner.plan(input([none]).selection, surveys: [none], kept: kept, by: Self.identity) }
  }

  @Test("a rollback after a deployment that left failed hosts as they are takes them to what their receipts name, and leaves the others")
  func askedForAfterLeft() throws {
    var left = Self.state(Self.receipt("good"), previous: Self.receipt("older"))
    left.current = "bad"
    let surveys = [
      Survey.reached(left), Survey.reached(Self.state(Self.receipt("good"))),
      Survey.reached(Self.state(Self.receipt("more"), previous: Self.receipt("good"))),
    ]
    let kept = [PinnedRecipe(name: "web", sources: Self.sources, hooks: [])]
    let plan = try RollbackPlanner.plan(input(surveys).selection, surveys: surveys, kept: kept, by: Self.identity)
    #expect(plan.hosts.map(\.action) == [.change, .unchanged, .change])
    #expect(plan.hosts.map { $0.target?.id } == ["good", "good", "good"] && plan.hosts[0].current == "bad")
  }
}
