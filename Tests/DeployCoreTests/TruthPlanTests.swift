import DeployCore
import DeployModel
import PlanDrafts
import Testing

@Suite("What hosts really have, in plans")
struct TruthPlanTests {
  static let text = "/srv/app/releases/2024"

  private func plan(_ states: [HostState], force: Bool = false) throws -> Plan {
    try Planner.deployment(PlannerTests().input(states.map { .reached($0) }, force: force), by: PlannerTests.identity)
  }

  private func state(_ release: Release.ID?, _ kind: ReleaseDamage.Kind? = nil) -> HostState {
    var state = PlannerTests.state(release.map { PlannerTests.receipt($0) })
    if let release, let kind { state.damage = [ReleaseDamage(release, kind)] }
    return state
  }

  private func refused(_ states: [HostState], _ check: (Problems) -> Void) {
    do {
      _ = try plan(states)
      Issue.record("it was planned")
    } catch let problems as Problems { check(problems) } catch { Issue.record("\(error)") }
  }

  @Test("a damaged release is a change although the receipt says the same, and is repaired in its host's own turn")
  func damaged() throws {
    for kind in [ReleaseDamage.Kind.lacking(1, of: 9), .unlisted] {
      let host = try plan([state("new", kind)]).hosts[0]
      #expect(host.action == .change && host.repairs == true && !host.stages)
    }
    let gone = try plan([state("new", .gone)]).hosts[0]
    #expect(gone.action == .change && gone.stages && gone.repairs == nil && gone.current == nil && gone.lost == "new")
    let whole = try plan([state("new")]).hosts[0]
    #expect(whole.action == .unchanged && whole.repairs == nil)
    let forced = try plan([state("new")], force: true).hosts[0]
    #expect(forced.action == .change && forced.repairs == true && !forced.stages)
  }

  @Test("the repair of what runs is no part of the upload stage, which has all hosts at once")
  func inTurn() throws {
    var plan = try plan([state("new"), state("new")], force: true)
    plan = plan.edited { $0.stages = [.upload, .rollout(nil)] }
    let steps = HostProgram.forward(0, in: plan, staged: false)
    #expect(steps.contains(.operation(.stage(PlannerTests.release), vital: true)))
    let play = Play(plan, ListScripts([]))
    let sent = play.intents.filter { $0.operation.verb == "stage" }
    #expect(sent.count == 2 && sent.allSatisfy { $0.site.stage == nil })
  }

  @Test("two hosts that are one folder of one machine are refused by name, a copy of a machine's disk is not")
  func twins() {
    func at(_ folder: String, id: String? = nil, boot: String = "b1", path: String = "/srv/web") -> HostState {
      var state = state(nil)
      state.facts.bootID = boot
      state.place = HostPlace(id: id, path: path, folder: folder)
      return state
    }
    refused([at("8:1 web"), at("9:9 web"), at("8:1 web")]) {
      #expect($0.exit == .refused && $0.list.map(\.subject) == ["h2"] && $0.list[0].message.contains("host h0"), "\($0.list)")
    }
    refused([at("", id: "x"), at("", id: "x")]) { #expect($0.list.map(\.subject) == ["h1"]) }
    refused([at("8:1", id: "x"), at("8:1", id: "x")]) { #expect($0.list.count == 1, "said once") }
    #expect(throws: Never.self) { try plan([at("8:1", id: "x"), at("8:1", id: "x", boot: "b2")]) }
    #expect(throws: Never.self) { try plan([at("8:1", boot: "unknown"), at("8:1", boot: "unknown")]) }
    #expect(throws: Never.self) { try plan([at("8:1 /a"), at("8:1 /b")]) }
  }

  @Test("a current that is a folder or file, and a path of another application, are refused for all hosts at once, with what to type")
  func obstacles() {
    var (folder, file, other) = (state(nil), state(nil), state(nil))
    folder.strange = .folder
    file.strange = .file
    var receipt = PlannerTests.receipt("x")
    receipt.application = "api"
    other.stranger = receipt
    refused([folder, state(nil), file, other]) { problems in
      #expect(problems.exit == .refused)
      #expect(problems.list.map(\.subject) == ["h0", "h2", "h3"])
      #expect(problems.list[0].fix?.contains("mv current releases/before && ln -s releases/before current") == true)
      #expect(problems.list[1].fix?.hasSuffix("mv /srv/web/current /srv/web/current.before") == true)
      #expect(problems.list[2].message.contains("belongs to application \"api\""))
    }
  }

  private func foreign() throws -> Plan {
    var strange = state(nil)
    strange.strange = .link(Self.text)
    var plan = try plan([strange])
    plan = plan.edited { $0.recipes[0].hooks = [Recipe.Hook(event: .applicationStop, function: 0)] }
    return plan
  }

  @Test("a link that lander did not make is kept in the plan and put back, by the host itself and by the deployment that goes back")
  func foreignLink() throws {
    let plan = try foreign()
    #expect(plan.hosts[0].found == Self.text && plan.hosts[0].serves)
    let forward = HostProgram.forward(0, in: plan, staged: true)
    #expect(forward.contains(.skip(.applicationStop, reason: "what runs here was not deployed by lander")))
    let back = HostProgram.restore(0, in: plan, after: forward[...])
    #expect(back.contains(.operation(.relink(Self.text), vital: true)))
    let failed = Conclusion(status: .failed, error: ScriptError(Failure(.command, "no")), rollback: [0], hosts: [.succeeded])
    let rollback = try #require(RollbackPlanner.plan(after: plan, failed, by: PlannerTests.identity))
    #expect(HostProgram.forward(0, in: rollback, staged: true).contains(.operation(.relink(Self.text), vital: true)))
    let commands = HostProgram.commands(toRestore: 0, in: plan, after: Failure(.command, "exit status 1"))
    #expect(commands[2].hasPrefix("ln -s \(Self.text) .lander/current.by-hand"))
  }

  @Test("hooks that take leave of a release whose folder is gone are skipped with a warning, and it is nothing to go back to")
  func goneRelease() throws {
    var plan = try plan([state("old", .gone)])
    plan = plan.edited {
      $0.recipes[0].hooks = [Recipe.Hook(event: .blockTraffic, function: 0), Recipe.Hook(event: .applicationStop, function: 0)]
    }
    let forward = HostProgram.forward(0, in: plan, staged: true)
    let skipped = forward.filter { if case .skip(_, let reason) = $0 { reason.hasPrefix("warning: release old") } else { false } }
    #expect(skipped.count == 2 && !forward.contains { if case .hook = $0 { true } else { false } })
    #expect(HostProgram.restore(0, in: plan, after: forward[...]).contains(.operation(.activate(nil), vital: true)))
    let failed = Conclusion(status: .failed, error: ScriptError(Failure(.command, "no")), rollback: [0], hosts: [.succeeded])
    let rollback = try #require(RollbackPlanner.plan(after: plan, failed, by: PlannerTests.identity))
    #expect(rollback.hosts[0].target == nil)
  }

  @Test("a release that was gone and is sent again is itself the way back: a hook that fails does not take it away")
  func goneAndSentAgain() throws {
    let plan = try plan([state("new", .gone)])
    let forward = HostProgram.forward(0, in: plan, staged: true)
    let back = HostProgram.restore(0, in: plan, after: forward[...])
    #expect(back.contains(.operation(.activate("new"), vital: true)))
    #expect(!back.contains { if case .operation(.discard, _) = $0 { true } else { false } })
    let failed = Conclusion(status: .failed, error: ScriptError(Failure(.command, "no")), rollback: [0], hosts: [.succeeded])
    #expect(RollbackPlanner.plan(after: plan, failed, by: PlannerTests.identity)?.hosts[0].target?.id == "new")
  }

  @Test("no advice after a failure leads to a release that is known to be broken")
  func advice() throws {
    for kind in [ReleaseDamage.Kind.lacking(2, of: 9), .unlisted, .gone] {
      let name: Release.ID = kind == .gone ? "new" : "old"
      let commands = HostProgram.commands(toRestore: 0, in: try plan([state(name, kind)]), after: Failure(.command, "exit status 1"))
      #expect(!commands.contains { $0.hasPrefix("ln ") || $0.contains("&& mv") }, "\(commands)")
      #expect(commands.last?.contains("lander deploy web --group g --only h0 --force") == true, "\(commands)")
    }
    let whole = HostProgram.commands(toRestore: 0, in: try plan([state("old")]), after: Failure(.command, "exit status 1"))
    #expect(whole.contains { $0.hasPrefix("ln -s releases/old ") })
    // A hook removed the release after the plan had been made.
    let lost = HostProgram.commands(toRestore: 0, in: try plan([state("old")]), after: Failure(.missing, "release old is not on the host"))
    #expect(!lost.contains { $0.hasPrefix("ln ") } && lost.last?.contains("--only h0 --revision bundle:") == true, "\(lost)")
  }

  @Test("a stop hook that fails in a damaged release, or on a rollback, is no dead end; in a whole one it is a failure")
  func stopHook() throws {
    func vital(_ kind: ReleaseDamage.Kind?, isRollback: Bool = false) throws -> [Bool] {
      var plan = try plan([state("old", kind)])
      if isRollback { plan = plan.edited { $0.kind = .rollback(of: nil) } }
      plan = plan.edited { $0.recipes[0].hooks = [Recipe.Hook(event: .applicationStop, function: 0)] }
      return HostProgram.forward(0, in: plan, staged: true).compactMap { if case .hook(_, _, let vital) = $0 { vital } else { nil } }
    }
    #expect(try vital(.lacking(1, of: 2)) == [false])
    #expect(try vital(nil) == [true])
    #expect(try vital(nil, isRollback: true) == [false])
  }

  @Test("a rollback to a release that is damaged is refused, and says what sends it again")
  func damagedPrevious() throws {
    var state = PlannerTests.state(PlannerTests.receipt("new"), previous: PlannerTests.receipt("old"))
    state.damage = [ReleaseDamage("old", .lacking(1, of: 2))]
    let kept = [PinnedRecipe(name: "web", sources: PlannerTests.sources, hooks: [])]
    let selection = try PlannerTests().input([.reached(state)]).selection
    do {
      _ = try RollbackPlanner.plan(selection, surveys: [.reached(state)], kept: kept, by: PlannerTests.identity)
      Issue.record("it was planned")
    } catch {
      #expect(error.list[0].message.contains("damaged") && error.list[0].fix?.contains("bundle:") == true, "\(error.list)")
    }
  }

  @Test("drift names what is not as the receipt says: no current, another's link, entries that are missing")
  func drift() {
    #expect(state("new").drift == [])
    #expect(state(nil).drift == [])
    #expect(state("new", .lacking(1, of: 3)).drift.first?.message.contains("1 of its 3 entries is missing") == true)
    var away = state("new")
    away.current = nil
    #expect(away.drift.first?.message == "`current` is not there; the receipt says release new")
    away.strange = .link("/x")
    #expect(away.drift.first?.message.contains("leads to /x, which lander did not make; the receipt says release new") == true)
    var adopted = state(nil)
    adopted.strange = .link("/x")
    #expect(adopted.drift == [], "another tool's link is no drift before the first deployment")
  }
}
