import DeployCore
import DeployModel
import PlanDrafts
import Testing

/// Builds surveys and receipts for hosts of a group, with short names.
enum Memory {
  static let names = ["h1", "h2", "h3"]
  static let sources = Digest(hex: String(repeating: "5", count: 64))

  static func release(_ number: Int) -> Release {
    Release(id: "r\(number)", bundle: Digest(hex: String(repeating: "\(number)", count: 64)))
  }
  static func inputs(_ number: Int) -> Receipt.Inputs {
    Receipt.Inputs(bundle: release(number).bundle, sources: sources, parameters: .record([]), shared: [], secrets: [])
  }
  /// Returns a receipt of release `number`, which deployment `name` wrote at second `at`.
  static func receipt(_ number: Int, _ name: Deployment.ID, at: Int, trial: Bool? = nil, undid: Deployment.ID? = nil) -> Receipt {
    Receipt(
      application: "shop", group: "all", release: release(number), inputs: inputs(number), deployment: name, recipe: "web", actor: "a@b",
      at: Timestamp(milliseconds: at * 1000), undid: undid, trial: trial)
  }
  static func host(_ receipt: Receipt?, before: Receipt? = nil, current: Int? = nil, keeps: [Int] = [0, 1, 2, 3]) -> Survey {
    .reached(
      HostState(
        facts: HostFacts(shell: "dash", user: "u", bootID: "b", freeBytes: 1 << 40, freeInodes: 1 << 30),
        current: current.map { "r\($0)" } ?? receipt?.release.id, releases: keeps.map { "r\($0)" }, receipt: receipt, previous: before,
        fence: 7))
  }
  static let identity = Planner.Identity(
    id: "now", actor: "me@here", at: Timestamp(milliseconds: 9_000_000), engine: "1", token: "t", seed: 0)
  static let pinned = PinnedRecipe(name: "web", sources: sources, hooks: [])

  static func selection(_ count: Int) throws -> Selection {
    let hosts = names.prefix(count).map { Host(name: $0) }
    let recipe = Recipe(
      name: "web", application: "shop", targets: .hosts(DeploymentGroup(name: "all", hosts: Array(hosts))),
      placement: Placement(path: "/srv/shop"))
    return try Selection(DeploymentRequest(), in: Project(recipes: [recipe]))
  }

  /// - Parameter isStored: whether this machine has all bundles; false: it has none.
  static func rollback(
    _ surveys: [Survey], straighten: Bool = false, to aim: Receipt? = nil, typed: String? = nil, isStored: Bool = true
  ) throws -> Plan {
    try RollbackPlanner.plan(
      try selection(surveys.count), surveys: surveys, kept: [pinned], straighten: straighten, to: aim, typed: typed,
      isStored: { _ in isStored }, by: identity)
  }
  static func deploy(_ number: Int, _ surveys: [Survey], secrets: [SecretComparison?] = []) throws -> Plan {
    let release = release(number)
    return try Planner.deployment(
      Planner.Input(
        selection: try selection(surveys.count), release: release,
        bundle: Bundle(digest: release.bundle, files: 1, bytes: 1, source: "dist"), manifest: Manifest(items: []), sources: sources,
        surveys: surveys, kept: [pinned], secrets: secrets), by: identity)
  }
  /// Returns `h1 r1` for a host that goes to release r1, and `h1 stays` for a host that keeps its release.
  static func ways(_ plan: Plan) -> [String] {
    plan.hosts.map { "\($0.host.name) " + ($0.action == .change ? $0.target?.id.rawValue ?? "nothing" : "stays") }
  }
}

@Suite("The way back of a group")
struct GroupWayBackTests {
  typealias M = Memory

  @Test("after a deployment that was killed in its second wave, the host that has it goes back, and the others stay where they are")
  func interrupted() throws {
    let plan = try M.rollback([
      M.host(M.receipt(2, "d2", at: 20, trial: true), before: M.receipt(1, "d1", at: 10)),
      M.host(M.receipt(1, "d1", at: 11), before: M.receipt(0, "d0", at: 1)),
      M.host(M.receipt(1, "d1", at: 12), before: M.receipt(0, "d0", at: 2)),
    ])
    #expect(M.ways(plan) == ["h1 r1", "h2 stays", "h3 stays"])
  }

  @Test("after a deployment that was killed and one that succeeded, all hosts go back to the last good revision of the group")
  func after() throws {
    let plan = try M.rollback((1...3).map { M.host(M.receipt(3, "d3", at: 30 + $0), before: M.receipt(1, "d1", at: 10 + $0)) })
    #expect(M.ways(plan) == ["h1 r1", "h2 r1", "h3 r1"])
  }

  @Test("one host's good receipt makes its deployment good for all: the engine may die before it tells the others")
  func oneIsEnough() throws {
    let two = [
      M.host(M.receipt(2, "d2", at: 20), before: M.receipt(1, "d1", at: 10)),
      M.host(M.receipt(2, "d2", at: 21, trial: true), before: M.receipt(1, "d1", at: 11)),
    ]
    #expect(M.ways(try M.rollback(two)) == ["h1 r1", "h2 r1"])
    let next = try M.deploy(3, two)
    #expect(next.hosts.map { $0.previous?.trial } == [nil, nil])
    #expect(next.hosts.allSatisfy { $0.back == nil })
    var rollout = Rollout(plan: next)
    let asked = (rollout.handle(.happened(.started)) + rollout.handle(.happened(.finished(intent: 1, .done())))).compactMap { effect in
      if case .perform(let intent) = effect, case .lock(let request) = intent.operation { request.good } else { nil }
    }
    #expect(asked == ["d2", "d2"])
  }

  @Test("hosts that went back already stay, and the one that was unreachable then goes back with the same command")
  func mopUp() throws {
    let back = M.receipt(1, "back", at: 30, undid: "d2")
    let plan = try M.rollback([
      M.host(back, before: M.receipt(2, "d2", at: 20)), M.host(M.receipt(2, "d2", at: 21), before: M.receipt(1, "d1", at: 11)),
      M.host(back, before: M.receipt(2, "d2", at: 22)),
    ])
    #expect(M.ways(plan) == ["h1 stays", "h2 r1", "h3 stays"])
    // The result is the same if the last host got the release from another deployment.
    let other = try M.rollback([
      M.host(back, before: M.receipt(2, "d2", at: 20)), M.host(M.receipt(2, "only", at: 19), before: M.receipt(1, "d1", at: 11)),
    ])
    #expect(M.ways(other) == ["h1 stays", "h2 r1"])
  }

  @Test("a group that went back whole is told that it did, and that nothing good is remembered before that")
  func twice() throws {
    let error = try #require(throws: Problems.self) {
      try M.rollback([M.host(M.receipt(1, "back", at: 30, undid: "d2"), before: M.receipt(2, "d2", at: 20))])
    }
    #expect(error.exit == .refused)
    #expect(
      error.list.first?.message
        == "it went back already: what it ran before was deployment d2, which was taken back, and it remembers nothing good before that")
  }

  @Test("who goes back far and then forward again to a newer good release does not make the older one bad")
  func searching() throws {
    // The group got r0 to r3. Then it went back to r0, and from there to r2.
    let four = [M.receipt(0, "d0", at: 1), M.receipt(1, "d1", at: 10), M.receipt(2, "d2", at: 20), M.receipt(3, "d3", at: 30)]
    let back = M.receipt(0, "b1", at: 40, undid: "d3")
    let forward = M.receipt(2, "b2", at: 50, undid: "b1")
    func history(_ now: Receipt, before: Receipt, kept: [Receipt]) -> GroupHistory {
      guard case .reached(var state) = M.host(now, before: before) else { return GroupHistory([HostState]()) }
      state.kept = kept
      return GroupHistory([state])
    }
    let far = history(back, before: four[3], kept: Array(four[..<3]))
    #expect((four + [back]).map(far.isGood) == [true, true, true, false, true])
    let again = history(forward, before: back, kept: four)
    #expect((four + [back, forward]).map(again.isGood) == [true, true, true, false, true, true])
    // Nothing shows any more which release is older. The release that was left counts as bad, because otherwise a group could go back and
    // forth.
    let forgotten = history(M.receipt(2, "b", at: 40, undid: "d3"), before: four[3], kept: [])
    #expect(!forgotten.isGood(four[3]))
  }

  @Test("a rollback that was interrupted goes on to the same revision", arguments: [1, 2])
  func halfWay(current: Int) throws {
    let good = M.receipt(2, "d2", at: 20)
    let plan = try M.rollback([
      M.host(good, before: M.receipt(1, "d1", at: 10), current: current), M.host(good, before: M.receipt(1, "d1", at: 11)),
    ])
    #expect(M.ways(plan) == ["h1 r1", "h2 r1"])
  }

  @Test("hosts that run another release than the group are named, and go along with --straighten only")
  func strays() throws {
    let surveys = [
      M.host(M.receipt(3, "only", at: 30), before: M.receipt(2, "d2", at: 20)),
      M.host(M.receipt(2, "d2", at: 21), before: M.receipt(1, "d1", at: 11)), M.host(M.receipt(1, "d1", at: 12)),
    ]
    let error = try #require(throws: Problems.self) { try M.rollback(surveys) }
    #expect(error.exit == .refused)
    #expect(error.list.map(\.subject) == ["h2", "h3"])
    #expect(error.list.last?.fix?.contains("lander rollback web --straighten takes every host to r2 of deployment d2") == true)
    #expect(M.ways(try M.rollback(surveys, straighten: true)) == ["h1 r2", "h2 stays", "h3 r2"])
  }

  @Test("every command that a refused rollback advises is one that is not refused")
  func followed() throws {
    // h2 keeps a damaged release, and the other hosts have r5, which is good.
    var surveys = [
      M.host(M.receipt(2, "d5", at: 30), before: M.receipt(1, "d1", at: 10)),
      M.host(M.receipt(2, "d5", at: 31), before: M.receipt(1, "d1", at: 11)),
      M.host(M.receipt(2, "d5", at: 32), before: M.receipt(1, "d1", at: 12)),
    ]
    if case .reached(var state) = surveys[1] {
      state.damage = [ReleaseDamage("r1", .gone)]
      surveys[1] = .reached(state)
    }
    let error = try #require(throws: Problems.self) { try M.rollback(surveys) }
    let advice = error.list.compactMap(\.fix).joined(separator: "\n")
    #expect(!advice.contains("--straighten"), "h2 cannot go along: \(advice)")
    #expect(advice.contains("--only h1,h3 goes back without it"), "\(advice)")
    #expect(M.ways(try M.rollback([surveys[0], surveys[2]])) == ["h1 r1", "h2 r1"])
    #expect(RollbackPlanner.refusal(try M.selection(3), surveys)?.subject == "h2")
    #expect(RollbackPlanner.refusal(try M.selection(1), [surveys[0]]) == nil)
    guard case .reached(var state) = surveys[0] else { return }
    state.lock = Lock(
      deployment: "d9", token: "t", owner: "a@b", purpose: "deploy", since: Timestamp(milliseconds: 0), fence: 9, leaseLeft: 30)
    #expect(RollbackPlanner.refusal(try M.selection(1), [.reached(state)])?.message == "deployment d9 holds the lock")
  }

  @Test("a rollback of a typed project advises what can be typed for it")
  func typed() throws {
    let error = try #require(throws: Problems.self) {
      try M.rollback([M.host(M.receipt(1, "d1", at: 10))], typed: "--appspec b --hosts h1")
    }
    #expect(error.list.first?.fix == "lander deploy --appspec b --hosts h1 with an older bundle in the place of this one")
  }

  @Test("hosts whose receipts are of an older version and lead to different revisions are named, not split")
  func unmarked() throws {
    let surveys = [
      M.host(M.receipt(3, "d3", at: 30), before: M.receipt(2, "d2", at: 20)),
      M.host(M.receipt(3, "d3", at: 31), before: M.receipt(1, "d1", at: 11)),
      M.host(M.receipt(3, "d3", at: 32), before: M.receipt(1, "d1", at: 12), keeps: [1, 3]),
    ]
    let error = try #require(throws: Problems.self) { try M.rollback(surveys) }
    #expect(error.list.map(\.subject) == ["h2", "h3"])
    #expect(error.list.first?.message.contains("by itself it would go back to r1") == true)
    #expect(M.ways(try M.rollback(surveys, straighten: true)) == ["h1 r2", "h2 r2", "h3 r2"])
    // No host has the release any more.
    let bare = surveys.map { survey -> Survey in
      guard case .reached(var state) = survey else { return survey }
      state.releases = ["r1", "r3"]
      return .reached(state)
    }
    let lacking = try #require(throws: Problems.self) { try M.rollback(bare, straighten: true, isStored: false) }
    #expect(lacking.list.map(\.subject) == ["h1", "h2", "h3"])
    #expect(lacking.list.first?.message == "it does not keep release r2 of deployment d2, which the group goes back to")
  }

  @Test("a rollback with an unreachable host names the command for the others")
  func outOfReach() throws {
    let good = M.host(M.receipt(2, "d2", at: 20), before: M.receipt(1, "d1", at: 10))
    let error = try #require(throws: Problems.self) {
      try M.rollback([good, .unreachable(Failure(.unreachable, "no route to host")), good])
    }
    #expect(error.exit == .unreachable)
    #expect(error.list.last?.message == "h2 cannot go back now; the others can")
    #expect(error.list.last?.fix?.hasPrefix("lander rollback web --only h1 --only h3 takes them back\n") == true)
    // The printed command leads to the release that was requested.
    let aimed = try #require(throws: Problems.self) {
      try M.rollback([good, .unreachable(Failure(.unreachable, "no route to host")), good], to: M.receipt(1, "d1", at: 10))
    }
    #expect(aimed.list.last?.fix?.hasPrefix("lander rollback web --to r1 --only h1 --only h3 takes them back\n") == true)
  }

  @Test("a host of a group that a failed deployment never came to is no obstacle")
  func fresh() throws {
    let plan = try M.rollback([
      M.host(M.receipt(2, "d2", at: 20, trial: true), before: M.receipt(1, "d1", at: 10)), M.host(nil, keeps: []),
    ])
    #expect(M.ways(plan) == ["h1 r1", "h2 stays"])
  }
}

@Suite("Receipts on trial")
struct TrialTests {
  typealias M = Memory

  private func run(_ plan: Plan, failing: (Intent) -> Bool = { _ in false }) -> Play {
    Play(plan, ListScripts([])) { failing($0) ? .failed(.failed, "no") : .done() }
  }
  private func unlocks(_ play: Play) -> [Deployment.ID?] {
    play.intents.compactMap { if case .unlock(_, let good, _) = $0.operation { good } else { nil } }
  }
  private func receipts(_ play: Play) -> [Receipt] {
    play.intents.compactMap { if case .record(let receipt) = $0.operation { receipt } else { nil } }
  }
  private var group: [Survey] {
    [
      M.host(M.receipt(2, "d2", at: 20, trial: true), before: M.receipt(1, "d1", at: 10)),
      M.host(M.receipt(1, "d1", at: 11), before: M.receipt(0, "d0", at: 1)),
    ]
  }
  private func plan(_ surveys: [Survey]) throws -> Plan {
    var plan = try M.deploy(3, surveys)
    plan = plan.edited { $0.stages = [.upload, .rollout(nil)] }
    return plan
  }

  @Test("receipts of a deployment are on trial, and the request that gives the lock back at its good end makes them good")
  func good() throws {
    let play = run(try plan(group))
    #expect(play.conclusion?.status == .succeeded)
    #expect(receipts(play).map(\.trial) == [true, true])
    #expect(unlocks(play) == ["now", "now"])
  }

  @Test("a deployment that fails makes nothing good, and takes hosts back to the last good revision of the group")
  func failed() throws {
    let plan = try plan(group)
    #expect(plan.hosts.map { $0.back?.release.id } == ["r1", nil])
    let play = run(plan) { if case .activate("r3") = $0.operation { $0.place == .host(1) } else { false } }
    let conclusion = try #require(play.conclusion)
    #expect(conclusion.status == .failed)
    #expect(conclusion.rollback == [0])
    #expect(unlocks(play) == [nil])
    let back = try #require(RollbackPlanner.plan(after: plan, conclusion, by: M.identity))
    #expect(back.hosts.map { $0.target?.id } == ["r1"])
    let second = run(back)
    #expect(second.conclusion?.status == .succeeded)
    #expect(receipts(second).map { "\($0.release.id) \($0.trial == true)" } == ["r1 false"])
    #expect(unlocks(second) == [nil])
  }

  @Test("a host that fails and ran what never succeeded is restored to the last good revision, receipt and all")
  func restored() throws {
    let play = run(try plan(group)) { if case .activate("r3") = $0.operation { $0.place == .host(0) } else { false } }
    let activated = play.intents.compactMap { intent -> String? in
      if intent.place == .host(0), case .activate(let release) = intent.operation { release?.rawValue ?? "nothing" } else { nil }
    }
    #expect(activated == ["r3", "r1"])
    #expect(receipts(play).filter { $0.release.id != "r3" }.map { "\($0.release.id) \($0.undid ?? "-")" } == ["r1 now"])
    guard case .restored? = play.conclusion?.hosts[0] else { return #expect(Bool(false), "\(String(describing: play.conclusion))") }
  }

  @Test("where all hosts have what is asked for and an engine died before it said so, they are told, and nothing else happens")
  func told() throws {
    let play = run(
      try M.deploy(2, [1, 2].map { M.host(M.receipt(2, "d2", at: 20 + $0, trial: true), before: M.receipt(1, "d1", at: 10)) }))
    #expect(play.conclusion?.status == .succeeded)
    #expect(play.verbs == ["0 lock", "1 lock", "0 unlock", "1 unlock"])
    #expect(unlocks(play) == ["d2", "d2"])
  }

  @Test("a plan of an older version goes on as it began: its receipts are good at once")
  func older() throws {
    var plan = try plan(group)
    plan = plan.edited { $0.trial = nil }
    let play = run(plan)
    #expect(receipts(play).map(\.trial) == [nil, nil])
    #expect(unlocks(play) == [nil, nil])
    #expect(receipts(play).allSatisfy { $0.secrets == nil })
  }

  @Test("a rotated secret is a change, and what could not be compared is not called alike")
  func secrets() throws {
    let same = [1, 2].map { M.host(M.receipt(2, "d2", at: 20 + $0)) }
    func plan(_ secrets: [SecretComparison?]) throws -> Plan { try M.deploy(2, same, secrets: secrets) }
    let rotated = try plan([SecretComparison(changed: ["TOKEN"]), SecretComparison(same: ["TOKEN"])])
    #expect(rotated.hosts.map(\.action) == [.change, .unchanged])
    #expect(rotated.rotated == ["TOKEN"])
    #expect(try plan([]).alike == "same bundle, sources, parameters and shared paths")
    let equal = SecretComparison(same: ["TOKEN"])
    #expect(try plan([equal, equal]).alike == "same bundle, sources, parameters, shared paths and values of secrets")
    let unknown = SecretComparison(same: ["A"], unknown: ["TOKEN"], reason: "no value is known here")
    #expect(
      try plan([unknown, equal]).alike
        == "same bundle, sources, parameters and shared paths; the values of TOKEN were not compared on h1: no value is known here")
  }
}
