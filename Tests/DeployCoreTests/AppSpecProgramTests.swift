import DeployCore
import DeployModel
import PlanDrafts
import Testing

@Suite("A host's program with an appspec file")
struct AppSpecProgramTests {
  private static func plan(
    first: Bool = false, restore: Bool = true, scripts: [AppSpecOptions.Scripts]? = nil, hooks: [(LifecycleEvent, Int)] = []
  ) -> Plan {
    var plan = DeployCoreTests.plan(hosts: 1, hooks: hooks, stages: [.rollout(nil)], first: first)
    plan = plan.edited { $0.recipes[0].appspec = AppSpecOptions(restore: restore, scripts: scripts) }
    return plan
  }

  /// Returns operations and hooks in order, as `event:Install`, `stage` or `hook 0`.
  private static func words(_ steps: [HostStep]) -> [String] {
    steps.compactMap { step in
      switch step {
      case .operation(.appspec(let step), _):
        switch step.phase {
        case .event(let event): "event:\(event.rawValue)"
        case .back(let event): "back:\(event.rawValue)"
        case .undo: "undo"
        case .forget: "forget"
        case .remove: "remove"
        }
      case .operation(let operation, _): operation.verb
      case .hook(let body, _, _): "hook \(body.function)"
      default: nil
      }
    }
  }

  @Test("what a step warns of is told as its host's, and fails nothing")
  func warnings() {
    let play = Play(Self.plan(first: true), ListScripts([])) { intent in
      guard case .appspec(let step) = intent.operation, step.phase == .event(.install) else { return .done() }
      var outcome = Outcome.done()
      outcome.warnings = ["/srv/app/x is a link that belongs to app", "and another"]
      return outcome
    }
    #expect(play.conclusion?.status == .succeeded)
    let told = play.effects.compactMap { effect in
      if case .note(.log(host: 0?, let line)) = effect { line } else { nil }
    }
    #expect(told == [LogLine(.warn, "/srv/app/x is a link that belongs to app"), LogLine(.warn, "and another")])
  }

  @Test("set-id bits reach the hosts of a recipe that installs by an appspec file, and no others")
  func setID() {
    #expect(Self.plan().site(of: 0).deliversSetID)
    #expect(!DeployCoreTests.plan(hosts: 1).site(of: 0).deliversSetID)
  }

  @Test("its scripts run at every event of the agent, before the recipe's hooks; what was kept is dropped at the end")
  func forward() {
    let plan = Self.plan(hooks: [(.afterInstall, 7)])
    #expect(
      Self.words(HostProgram.forward(0, in: plan, staged: false)) == [
        "event:BeforeBlockTraffic", "event:AfterBlockTraffic", "event:ApplicationStop", "stage", "event:DownloadBundle",
        "event:BeforeInstall", "event:Install", "activate", "event:AfterInstall", "hook 7", "event:ApplicationStart",
        "event:ValidateService", "event:BeforeAllowTraffic", "event:AfterAllowTraffic", "record", "forget", "prune",
      ])
  }

  @Test("a host that runs nothing takes leave of nothing")
  func fresh() {
    let words = Self.words(HostProgram.forward(0, in: Self.plan(first: true), staged: true))
    #expect(words.prefix(2) == ["event:DownloadBundle", "event:BeforeInstall"])
  }

  @Test("events that the bundle is known to have no scripts for are left out; those of the previous revision never are")
  func known() {
    let start = AppSpecOptions.Scripts(event: "ApplicationStart", locations: ["start.sh"], limit: .seconds(60))
    let words = Self.words(HostProgram.forward(0, in: Self.plan(scripts: [start]), staged: true))
    #expect(
      words == [
        "event:BeforeBlockTraffic", "event:AfterBlockTraffic", "event:ApplicationStop", "event:DownloadBundle", "event:Install", "activate",
        "event:ApplicationStart", "record", "forget", "prune",
      ])
  }

  @Test("a host that fails after Install stops the new revision, gets its files back, and starts the previous one")
  func restore() throws {
    let plan = Self.plan()
    let steps = HostProgram.forward(0, in: plan, staged: false)
    let failed = try #require(steps.firstIndex(of: .begin(.validateService)))
    #expect(
      Self.words(HostProgram.restore(0, in: plan, after: steps[...failed])) == [
        "event:ApplicationStop", "undo", "activate", "back:ApplicationStart", "back:ValidateService", "back:BeforeAllowTraffic",
        "back:AfterAllowTraffic", "discard",
      ])
  }

  @Test("a failure inside of Install gives the files back before anything else; one before it only starts what was stopped")
  func failedInstall() throws {
    let plan = Self.plan()
    let steps = HostProgram.forward(0, in: plan, staged: false)
    let install = try #require(steps.firstIndex(of: .begin(.install)))
    #expect(Self.words(HostProgram.restore(0, in: plan, after: steps[...(install + 1)])).first == "undo")
    #expect(Self.words(HostProgram.restore(0, in: plan, after: steps[..<install])).first == "back:ApplicationStart")
  }

  @Test("with restore off the new files stay, and no script of the previous revision meets them")
  func restoreOff() {
    let plan = Self.plan(restore: false)
    let steps = HostProgram.forward(0, in: plan, staged: false)
    let words = Self.words(HostProgram.restore(0, in: plan, after: steps[...]))
    #expect(!words.contains("undo") && !words.contains { $0.hasPrefix("back") })
  }

  @Test("the way back to before the first such installation removes its files")
  func remove() throws {
    let plan = Self.plan(first: true)
    let conclusion = Conclusion(
      status: .failed, error: ScriptError(Failure(.failed, "no")), rollback: [0], hosts: [.succeeded])
    let back = try #require(
      RollbackPlanner.plan(
        after: plan, conclusion, by: Planner.Identity(id: "d2", actor: "a@b", at: plan.origin.at, engine: "test", token: "u", seed: 1)))
    let words = Self.words(HostProgram.forward(0, in: back, staged: false))
    #expect(words.contains("remove") && !words.contains("event:Install"), "\(words)")
    #expect(words.firstIndex(of: "remove")! < words.firstIndex(of: "activate")!)  // neither is nil, because the first expectation passed
  }

  @Test("a rollback installs the earlier release's bundle again, by that release's own recipe")
  func rollback() throws {
    var plan = Self.plan()
    plan = plan.edited { $0.recipes.append($0.recipes[0]) }
    plan = plan.edited { $0.hosts[0].restoring = 1 }
    let conclusion = Conclusion(status: .failed, error: ScriptError(Failure(.failed, "no")), rollback: [0], hosts: [.succeeded])
    let back = try #require(
      RollbackPlanner.plan(
        after: plan, conclusion, by: Planner.Identity(id: "d2", actor: "a@b", at: plan.origin.at, engine: "test", token: "u", seed: 1)))
    let steps = HostProgram.forward(0, in: back, staged: false)
    #expect(
      Self.words(steps).prefix(6) == [
        "event:BeforeBlockTraffic", "event:AfterBlockTraffic", "event:ApplicationStop", "event:DownloadBundle", "event:BeforeInstall",
        "event:Install",
      ])
    let releases = steps.compactMap { step in if case .operation(.appspec(let step), _) = step { step.release } else { nil } }
    #expect(Set(releases) == ["old"])
  }
}
