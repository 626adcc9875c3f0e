import DeployCore
import DeployModel
import PlanDrafts
import Testing

@Suite("What hosts remember of locks and failed ways back, in plans")
struct RememberedTests {
  private func plan(_ state: HostState) throws -> Plan {
    try Planner.deployment(PlannerTests().input([.reached(state)]), by: PlannerTests.identity)
  }

  private func lock(_ application: String?, left: Int = 40) -> Lock {
    Lock(
      deployment: "d9", token: "t9", owner: "bob@desk", purpose: "deploy api of other", since: Timestamp(milliseconds: 0), fence: 3,
      leaseLeft: left, application: application, group: application.map { _ in "all" })
  }

  @Test("a folder that another application is deploying to for the first time is refused by name, a lock that names nobody is not")
  func foreignLock() throws {
    var state = PlannerTests.state(nil)
    for left in [40, -5] {
      state.lock = lock("other", left: left)
      let problems = try #require(throws: Problems.self) { try plan(state) }
      #expect(problems.exit == .refused && problems.list.count == 1)
      #expect(
        problems.list[0].message.contains("is locked by application \"other\" to all (deploy api of other, deployment d9 by bob@desk)"))
      #expect(problems.list[0].fix?.contains("lander unlock") == (left < 0))
    }
    for name in [nil, "web"] {
      state.lock = lock(name)
      #expect(throws: Never.self) { try plan(state) }
    }
    // A receipt decides to which application the folder belongs.
    state = PlannerTests.state(PlannerTests.receipt("old"))
    state.lock = lock("other", left: -5)
    #expect(throws: Never.self) { try plan(state) }
  }

  @Test("two spellings of one name in Unicode are two applications")
  func spelling() {
    #expect(lock("caf\u{E9}").isForeign(to: "cafe\u{301}") && !lock("caf\u{E9}").isForeign(to: "caf\u{E9}"))
    #expect(!lock("a\tb").isForeign(to: "a\tb") && Lock.word("a\tb\r\nc") == "a b  c")
  }

  @Test("a host that could not be taken back is deployed to again although its receipt says the same, and says so itself")
  func failedRestore() throws {
    var state = PlannerTests.state(PlannerTests.receipt("new"))
    #expect(try plan(state).hosts[0].action == .unchanged && state.drift.isEmpty)
    state.failedRestore = FailedRestore(deployment: "d7", message: "systemctl start: exit status 1", commands: ["cd /srv/web"])
    #expect(try plan(state).hosts[0].action == .change)
    #expect(state.drift.map(\.message) == ["deployment d7 failed and could not take it back: systemctl start: exit status 1"])
    #expect(state.drift[0].fix?.hasPrefix("cd /srv/web\nlander deploy ") == true)
  }

  @Test("the host is told at the end that its restoring failed, or that it came back; one that nothing was done to is told nothing")
  func told() {
    /// - Parameter failing: which starts on the first host fail: 1 is the start of the new release, 2 that of the old release.
    func left(_ failing: [Int]) -> [FailedRestore?] {
      var starts = 0
      let p = DeployCoreTests.plan(hosts: 2, hooks: [(.applicationStart, 0)], parallel: 1)
      let play = Play(p, PerHost { run("start", on: $0) }) { intent in
        guard case .run = intent.operation, intent.place == .host(0) else { return .done() }
        starts += 1
        return failing.contains(starts) ? .failed(.command, "start \(starts)") : .done()
      }
      return play.intents.compactMap { if case .unlock(_, _, let left) = $0.operation { .some(left) } else { nil } }
    }
    #expect(left([]) == [nil, nil])
    #expect(left([1]).map(\.?.isOver) == [true, nil])
    let broken = left([1, 2])
    #expect(broken.map(\.?.message) == ["start 2", nil] && broken[0]?.commands.isEmpty == false && broken[0]?.deployment == "d1")
  }

  @Test("a resumed journal of a version that told hosts nothing is the same")
  func olderJournal() {
    let site = Intent.Site()
    func unlock(_ left: FailedRestore?) -> Intent {
      Intent(id: 4, place: .host(0), operation: .unlock(token: "t", good: "d", left: left), timeout: .minutes(1), site: site)
    }
    let left = FailedRestore(deployment: "d", message: "no", commands: [])
    #expect(
      unlock(nil).isSame(as: unlock(left))
        && !unlock(nil).isSame(
          as: Intent(id: 5, place: .host(0), operation: .unlock(token: "t", good: "d"), timeout: .minutes(1), site: site))
    )
    #expect(!Intent(id: 4, place: .host(0), operation: .unlock(token: "u"), timeout: .minutes(1), site: site).isSame(as: unlock(left)))
  }

  @Test("what a host is to remember is bounded")
  func bounded() {
    let left = FailedRestore(deployment: "d", message: String(repeating: "é", count: 5000), commands: Array(repeating: "x", count: 50))
    #expect(left.message.utf8.count <= 2003 && left.commands.count == 20)
  }
}
