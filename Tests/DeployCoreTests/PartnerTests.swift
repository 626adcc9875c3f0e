import DeployCore
import DeployModel
import PlanDrafts
import Testing

@Suite("Hosts that a deployment works with besides its targets")
struct PartnerTests {
  /// Returns a plan with two targets and a balancer, number 2, which a hook uses before each target is stopped.
  private static func draft(_ names: [String] = ["lb1"]) -> Plan {
    plan(hosts: 2, hooks: [(.blockTraffic, 0)], floor: 1).edited { draft in
      draft.partners = names.map { Partner(host: Host(name: $0), groups: ["lb"], path: "/root/.lander/shop/g") }
    }
  }

  @Test("a partner is locked after the targets and before anything begins, asked under its own folder, and given back at the end")
  func locked() throws {
    let plan = Self.draft()
    let play = Play(plan, ListScripts([[run("drain", on: 2)]]))
    #expect(play.conclusion?.status == .succeeded)
    #expect(Array(play.verbs.prefix(3)) == ["0 lock", "1 lock", "2 lock"])
    #expect(play.verbs.filter { $0 == "2 drain" }.count == 2)
    #expect(play.verbs.filter { $0.hasSuffix("unlock") }.sorted() == ["0 unlock", "1 unlock", "2 unlock"])
    #expect(plan.site(of: 2).path == "/root/.lander/shop/g" && plan.site(of: 0).path == "/srv/shop")
    let asked = try #require(play.intents.first { $0.place == .host(2) && $0.operation.verb == "run" })
    #expect(asked.site.event == .blockTraffic && asked.site.release == nil, "no folder of a release is there")
  }

  @Test("a partner whose lock somebody holds stops the deployment before anything begins, and is named")
  func held() {
    let play = Play(Self.draft(), ListScripts([[]])) { intent in
      intent.place == .host(2) && intent.operation.verb == "lock" ? .failed(.locked, "held by another") : .done()
    }
    #expect(play.conclusion?.status == .refused)
    #expect(play.conclusion?.error?.failure.message == "lb1: held by another")
    #expect(!play.verbs.contains("0 stage"))
  }

  @Test("an unreachable partner is never left out as a target may be")
  func away() {
    let plan = Self.draft().edited { $0.bounds = Bounds(floor: 0, parallel: 2, failed: 0, unreachable: 5) }
    let play = Play(plan, ListScripts([[]])) { intent in
      intent.place == .host(2) && intent.operation.verb == "lock" ? .failed(.unreachable, "no route") : .done()
    }
    #expect(play.conclusion?.status == .refused)
  }

  @Test("the rollback after a failure works with the same partners under the lock that was held, and gives it back at its end")
  func wayBack() throws {
    // The stop of the second host fails after the first host has been changed.
    let plan = Self.draft().edited { draft in
      draft.bounds = Bounds(floor: 1, parallel: 1, failed: 0, unreachable: 0)
      draft.recipes[0].hooks.append(Recipe.Hook(event: .applicationStart, function: 1))
    }
    let scripts = ListScripts([[run("drain", on: 2)], [run("start", on: 1)]])
    var starts = 0
    let play = Play(plan, scripts) { intent in
      guard case .run(let command) = intent.operation, command.line == "start" else { return .done() }
      starts += 1
      return starts == 2 ? .failed(.command, "exit 1") : .done()
    }
    let conclusion = try #require(play.conclusion)
    #expect(conclusion.status == .failed && !conclusion.rollback.isEmpty)
    #expect(!play.verbs.contains("2 unlock"))
    let back = try #require(RollbackPlanner.plan(after: plan, conclusion, by: PlannerTests.identity))
    #expect(back.partners.map(\.host.name) == ["lb1"] && back.partners[0].host.number == back.hosts.count)
    let second = Play(back, ListScripts([[], []]))
    let lock = second.intents.first { $0.place == .host(back.hosts.count) }?.operation
    guard case .lock(let request)? = lock else { throw Failure(.failed, "the partner was not locked") }
    #expect(request.inherits == plan.lock.token && request.expects == nil)
    #expect(second.verbs.last == "\(back.hosts.count) unlock")
  }

  @Test("a plan with partners is read back as it was, and one of an older version has none")
  func coding() throws {
    let plan = Self.draft(["lb1", "lb2"])
    #expect(plan.partners.map(\.host.number) == [2, 3])
    #expect(plan.name(ofHost: 3) == "lb2" && plan.host(4) == nil && plan.partner(1) == nil)
    #expect(EntrySense.nonsense(in: [Entry(sequence: 0, at: Timestamp(milliseconds: 0), fact: .planned(plan))]) == nil)
  }

  // MARK: planning

  private static func project(_ partners: [String], _ groups: [DeploymentGroup]) -> Project {
    Project(
      recipes: [
        Recipe(
          name: "web", targets: .hosts(DeploymentGroup(name: "g", hosts: [Host(name: "h0")])), placement: Placement(path: "/srv/web"),
          user: "deploy", partners: partners)
      ], groups: groups)
  }

  @Test("partners are resolved by their groups, each host once, and a group that does not exist is refused with a near match")
  func declared() throws {
    let groups = [
      DeploymentGroup(name: "lb", hosts: [Host(name: "lb1"), Host(name: "lb2", user: "root")]),
      DeploymentGroup(name: "edge", hosts: [Host(name: "lb1")]),
    ]
    let selection = try Selection(DeploymentRequest(), in: Self.project(["lb", "edge", "lb"], groups))
    #expect(selection.partners.map(\.host.name) == ["lb1", "lb2"] && selection.partners.map(\.host.number) == [1, 2])
    #expect(selection.partners.map(\.groups) == [["lb", "edge"], ["lb"]])
    #expect(selection.partners.map(\.host.user) == ["deploy", "root"])
    #expect(selection.partners[0].path == "~/.lander/web/g")
    #expect {
      try Selection(DeploymentRequest(), in: Self.project(["bl"], groups))
    } throws: { ($0 as? Problems)?.list.first?.fix == "did you mean \"lb\"?" }
    let other = groups + [DeploymentGroup(name: "third", hosts: [Host(name: "lb1", port: 2222)])]
    #expect(throws: Problems.self) { try Selection(DeploymentRequest(), in: Self.project(["lb", "third"], other)) }
  }

  @Test("a survey says where a partner's folder is and which fence it has seen; one that cannot be used is refused before the start")
  func surveyed() throws {
    let selection = try Selection(
      DeploymentRequest(), in: Self.project(["lb"], [DeploymentGroup(name: "lb", hosts: [Host(name: "lb1")])]))
    var input = Planner.Input(
      selection: selection, release: PlannerTests.release, bundle: PlannerTests.bundle, manifest: Manifest(items: []),
      sources: PlannerTests.sources, surveys: [.reached(PlannerTests.state(nil, fence: 3))])
    var state = PlannerTests.state(nil, fence: 7)
    state.facts.home = "/home/deploy"
    input.partners = Partners.Surveyed([.reached(state)], inherits: ["old"])
    let plan = try Planner.deployment(input, by: PlannerTests.identity)
    #expect(plan.partners.map(\.path) == ["/home/deploy/.lander/web/g"])
    #expect(plan.partners[0].inherits == "old" && plan.lock.fence == 8)
    input.partners = Partners.Surveyed([.unreachable(Failure(.unreachable, "no route"))])
    #expect {
      try Planner.deployment(input, by: PlannerTests.identity)
    } throws: { error in
      let problems = error as? Problems
      return problems?.exit == .unreachable && problems?.list.first?.subject == "lb1"
    }
  }

  @Test("hooks of a release that was deployed with other partners are refused before the start, and would have failed half-way")
  func lost() throws {
    let lb = [DeploymentGroup(name: "balancers", hosts: [Host(name: "lb1")])]
    let selection = try Selection(DeploymentRequest(), in: Self.project(["balancers"], lb))
    let older = Digest(hex: String(repeating: "0d", count: 32))
    func receipt(_ release: Release.ID, _ sources: Digest) -> Receipt {
      var receipt = PlannerTests.receipt(release)
      receipt.inputs.sources = sources
      return receipt
    }
    let kept = { (partners: [String]?) in [PinnedRecipe(name: "web", sources: older, hooks: [], partners: partners)] }
    var input = Planner.Input(
      selection: selection, release: PlannerTests.release, bundle: PlannerTests.bundle, manifest: Manifest(items: []),
      sources: PlannerTests.sources, surveys: [.reached(PlannerTests.state(receipt("old", older)))], kept: kept(["lb"]))
    input.partners = Partners.Surveyed([.reached(PlannerTests.state(nil))])
    let message = "hooks of a release of h0 work with the partners \"lb\", and recipe \"web\" has none of that name now"
    #expect { try Planner.deployment(input, by: PlannerTests.identity) } throws: { ($0 as? Problems)?.list.first?.message == message }
    for partners in [nil, [], ["balancers"]] {
      input.kept = kept(partners)
      #expect(try Planner.deployment(input, by: PlannerTests.identity).content.recipes.count == 2)
    }
    let state = PlannerTests.state(receipt("now", older), previous: receipt("old", older))
    let surveyed = input.partners
    #expect {
      try RollbackPlanner.plan(
        selection, surveys: [.reached(state)], kept: kept(["lb"]), partners: surveyed, by: PlannerTests.identity)
    } throws: { ($0 as? Problems)?.list.first?.message == message }
  }

  @Test("a host that a recipe took out of traffic is put back by it, if what starts there knows nothing of traffic")
  func admitted() {
    let plan = plan(hosts: 1, hooks: [(.blockTraffic, 0), (.allowTraffic, 1)]).edited { draft in
      draft.recipes.append(
        PinnedRecipe(name: "web", sources: PlanDraft.digest, hooks: [Recipe.Hook(event: .applicationStart, function: 2)]))
      draft.hosts[0].restoring = 1
    }
    let forward = HostProgram.forward(0, in: plan, staged: true)
    let back = HostProgram.restore(0, in: plan, after: forward[...])
    let bodies = back.compactMap { step in if case .hook(let body, _, _) = step { body } else { nil } }
    #expect(bodies == [Body(recipe: 1, function: 2), Body(recipe: 0, function: 1)])
  }
}
