import DeployModel
import Foundation
import PlanDrafts
import Testing

@testable import DeployCore

@Suite("Plans of removals")
struct RemovalPlanTests {
  private static let hooks = [
    Recipe.Hook(event: .blockTraffic, function: 1), Recipe.Hook(event: .applicationStop, function: 2),
    Recipe.Hook(event: .applicationStart, function: 3), Recipe.Hook(event: .validateService, function: 4),
  ]

  private func plan(_ surveys: [Survey], _ removal: Removal = Removal(), appspec: AppSpecOptions? = nil) throws -> Plan {
    var input = try PlannerTests().input(surveys)
    input.selection.recipe.flow.hooks = Self.hooks
    input.selection.recipe.appspec = appspec
    input.selection.recipe.configuration?.floor = .count(1)
    input.selection.recipe = input.selection.recipe.removing(removal)
    input.selection.configuration = input.selection.recipe.configuration ?? DeploymentConfiguration()
    return try Planner.deployment(input, by: PlannerTests.identity)
  }

  private static let running = Survey.reached(PlannerTests.state(PlannerTests.receipt("old"), fence: 3))

  @Test("each host that a deployment was on is changed, all at once and whatever the floor; one that never saw any is not")
  func hosts() throws {
    let removed = Survey.reached(PlannerTests.state(nil, fence: 7))
    let plan = try plan([Self.running, removed, .reached(PlannerTests.state(nil))])
    #expect(plan.hosts.map(\.action) == [.change, .change, .unchanged])
    #expect(plan.hosts.allSatisfy { $0.target == nil && $0.link == nil } && plan.hosts[0].wayBack == "old")
    #expect(plan.bounds.floor == 0 && plan.bounds.neighbours == nil && plan.lock.fence == 8)
    #expect(plan.lock.purpose == "remove web of web from g" && plan.flow.stages == [.rollout(nil)])
    #expect(try JSONDecoder().decode(Plan.self, from: JSONEncoder().encode(plan)) == plan)
  }

  @Test("a host leaves the service by the recipe's hooks, loses everything in one step, and starts nothing")
  func steps() throws {
    let plan = try plan([Self.running], Removal(shared: true))
    let steps = HostProgram.forward(0, in: plan, staged: false)
    let events = steps.compactMap { if case .begin(let event) = $0 { event } else { nil } }
    #expect(events == [.blockTraffic, .applicationStop, .install])
    let own = steps.compactMap { if case .operation(let operation, vital: true) = $0 { operation } else { nil } }
    #expect(own == [.remove(shared: true)])
  }

  @Test("files that an appspec file installed go before their release")
  func appspec() throws {
    let steps = HostProgram.forward(0, in: try plan([Self.running], appspec: AppSpecOptions()), staged: false)
    let own = steps.compactMap { if case .operation(let operation, vital: true) = $0 { operation.verb } else { nil } }
    #expect(own.suffix(2) == ["appspec", "remove"])
    let bare = HostProgram.forward(0, in: try plan([.reached(PlannerTests.state(nil, fence: 7))], appspec: AppSpecOptions()), staged: false)
    #expect(bare.compactMap { if case .operation(let operation, vital: true) = $0 { operation.verb } else { nil } } == ["remove"])
  }

  @Test("what cannot be stopped fails the host, unless it is forced")
  func force() throws {
    func isVital(_ plan: Plan) -> [Bool] {
      HostProgram.forward(0, in: plan, staged: false).compactMap { if case .hook(_, _, let vital) = $0 { vital } else { nil } }
    }
    #expect(isVital(try plan([Self.running])) == [true, true])
    #expect(isVital(try plan([Self.running], Removal(force: true))) == [false, false])
  }

  @Test("before anything is taken away a host starts again what it runs; after that there is no way back")
  func wayBack() throws {
    let plan = try plan([Self.running])
    let steps = HostProgram.forward(0, in: plan, staged: false)
    let stop = try #require(steps.firstIndex(of: .end(.applicationStop)))
    let back = HostProgram.restore(0, in: plan, after: steps.prefix(stop))
    let events = back.compactMap { step -> LifecycleEvent? in if case .begin(let event) = step { event } else { nil } }
    #expect(events == [.applicationStart, .validateService])
    #expect(!back.contains { if case .operation = $0 { true } else { false } }, "it runs what it ran, so nothing is switched")
  }

  @Test("an unreachable host stops it before it begins, with the command that takes the others")
  func away() throws {
    let problems = try #require(throws: Problems.self) {
      try plan([Self.running, .unreachable(Failure(.unreachable, "connection refused"))])
    }
    #expect(problems.exit == .unreachable && problems.list.map(\.subject) == ["h1", nil])
    #expect(problems.list[1].fix?.contains("lander remove web --group g --only h0 takes it off the others") == true, "\(problems)")
  }

  @Test(
    "a current that lander did not make is refused by name, be it a link, a folder or a file",
    arguments: [ForeignCurrent.link("/x"), .folder, .file])
  func foreign(_ strange: ForeignCurrent) throws {
    var state = PlannerTests.state(nil, fence: 2)
    state.strange = strange
    let problems = try #require(throws: Problems.self) { try plan([.reached(state)]) }
    #expect(problems.exit == .refused && problems.list.map(\.subject) == ["h0"])
    #expect(problems.list[0].message.contains("/srv/web/current"), "\(problems)")
    #expect(problems.list[0].fix?.contains("to go back to") == false, "\(problems)")
  }

  @Test("a machine with slots loses all of them at once, and one slot without the other is refused")
  func slots() throws {
    var input = try PlannerTests().input([Self.running, Self.running])
    for (number, slot) in ["blue", "green"].enumerated() {
      input.selection.hosts[number] = Host(number: number, name: "m/\(slot)")
      input.selection.hosts[number].slot = slot
    }
    input.selection.recipe = input.selection.recipe.removing(Removal())
    let plan = try Planner.deployment(input, by: PlannerTests.identity)
    #expect(plan.hosts.map(\.action) == [.change, .change] && plan.bounds.neighbours == nil)
    input.selection.bystanders = [input.selection.hosts.removeLast()]
    input.surveys.removeLast()
    let problems = try #require(throws: Problems.self) { try Planner.deployment(input, by: PlannerTests.identity) }
    #expect(problems.list.map(\.fix) == ["--only m"], "\(problems)")
  }
}
