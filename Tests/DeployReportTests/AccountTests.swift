import DeployModel
import DeployReport
import PlanDrafts
import Testing

@Suite("What people ask about a deployment afterwards")
struct AccountTests {
  private static let provenance = Provenance(
    actor: "kim", message: "Fix the login", labels: [Label(name: "ticket", value: "SHOP-12")],
    commit: Commit(id: String(repeating: "3f2a91cbd0", count: 4), branch: "main", subject: "Fix login"),
    changes: CommitRange(
      from: String(repeating: "a", count: 40), total: 1,
      newest: [CommitRange.Line(id: String(repeating: "3f2a91cbd0", count: 4), author: "Kim", subject: "Fix login")]),
    job: Provenance.Job(system: "gitlab", url: "https://git.example/jobs/7"))
  private static let weights = [("blue", "green")].flatMap { blue, green in
    [Weights([.init(blue, 100), .init(green, 0)]), Weights([.init(blue, 0), .init(green, 100)])].compactMap { $0 }
  }

  private static func story(_ facts: [Entry.Fact]) -> DeploymentStory {
    let plan = Stories.plan().edited { $0.provenance = provenance }
    return DeploymentStory(Stories.entries([.planned(plan)] + facts))
  }

  @Test("who approved, rejected, paused and resumed is told with gate and reason, and what was refused is marked")
  func said() {
    let gate = Gate(.approval, name: "go live", time: .minutes(10))
    let pause = Message(id: "m1", .pause, by: "kim@laptop", comment: "looks slow", at: Stories.start)
    let account = Account(
      Self.story([
        .happened(.said(pause)), .noted(.answered(message: "m1", accepted: true, "Paused.")),
        .happened(.said(Message(id: "m2", .resume, by: "lee@laptop", at: Stories.start))),
        .noted(.answered(message: "m2", accepted: true, "Resumed.")), .noted(.gateOpened(number: 1, gate)),
        .happened(.said(Message(id: "m3", .promote, by: "lee@laptop", at: Stories.start))),
        .noted(.answered(message: "m3", accepted: false, "An approval is not promoted.")),
        .happened(.said(Message(id: "m4", .approve, by: "ann@desk", comment: "fine", at: Stories.start))),
        .noted(.gateClosed(number: 1, GateAnswer(.pass, by: "ann@desk", comment: "fine"))),
        .noted(.answered(message: "m4", accepted: true, "Approved.")), .resumed(actor: "kim@laptop"),
      ]))
    #expect(
      account.said(on: Surface()) == [
        "2026-11-21 11:30:46  kim@laptop paused: looks slow", "2026-11-21 11:30:48  lee@laptop resumed",
        "2026-11-21 11:30:51  lee@laptop promoted \"go live\" (refused)", "2026-11-21 11:30:53  ann@desk approved \"go live\": fine",
        "2026-11-21 11:30:56  kim@laptop resumed it with another engine",
      ])
    #expect(JSON.text(JSON.record(account.members)).contains(#""did":"approved","gate":"go live","comment":"fine","accepted":true"#))
  }

  @Test("traffic that a failed deployment left shifted is told, and none that it put back or promoted")
  func traffic() {
    let (before, after) = (Self.weights[0], Self.weights[1])
    func account(_ status: Conclusion.Status, _ shifts: [Entry.Fact], _ stray: StrayTraffic? = nil) -> Account {
      Account(Self.story(shifts + [.concluded(Conclusion(status: status, hosts: [.pending, .pending], traffic: stray))]))
    }
    let shifted: Entry.Fact = .noted(.shifted(from: before, to: after))
    #expect(account(.failed, [shifted]).traffic == "The traffic is left at blue 0 %, green 100 %")
    #expect(account(.failed, [shifted]).clause == "traffic left wrong")
    #expect(account(.failed, [shifted, .noted(.shifted(from: after, to: before))]).traffic == nil)
    #expect(account(.succeeded, [shifted]).traffic == nil && account(.succeeded, [shifted]).weights == after)
    let stray = StrayTraffic(wanted: before, message: "the balancer is away", commands: [])
    #expect(
      account(.failed, [shifted], stray).traffic == "The traffic could not be put back to blue 100 %, green 0 %: the balancer is away")
  }

  @Test("hosts on a wrong release are named with the reason, and those that the rollback brought back are not")
  func hosts() {
    let failed: [Entry.Fact] = [
      .concluded(
        Conclusion(
          status: .failed, error: Stories.broken, rollback: [1],
          hosts: [.restoreFailed(Stories.broken, restoring: Stories.broken, commands: []), .succeeded]))
    ]
    let alone = Account(Self.story(failed))
    #expect(
      alone.wrong.map { "\($0.host): \($0.why)" } == [
        "web1: could not be taken back", "web2: on the release of a deployment that failed",
      ])
    let back = Stories.plan(hosts: ["web2"], kind: .rollback(of: Stories.plan().id), id: "back")
    let rollback = DeploymentStory(Stories.entries([.planned(back), .concluded(Conclusion(status: .succeeded, hosts: [.succeeded]))]))
    #expect(Account(Self.story(failed), rollback: rollback).wrong.map(\.host) == ["web1"])
    #expect(Account(DeploymentStory(Stories.succeeding)).isWrong == false)
  }

  @Test("a deployment is shown with who, why, commit, what is new and the job")
  func shown() {
    let story = Self.story([
      .noted(.host(0, .succeeded)), .noted(.host(1, .succeeded)),
      .concluded(Conclusion(status: .succeeded, hosts: [.succeeded, .succeeded])),
    ])
    let text = AccountReport(story, state: "succeeded").lines(on: Surface()).joined(separator: "\n")
    for part in [
      "Web of shop to production, deployment 20261121-113045-x7k2: succeeded", "Why       Fix the login",
      "Commit    3f2a91c on main: Fix login", "New       1 commit since aaaaaaa", "Labels    ticket=SHOP-12",
      "Job       https://git.example/jobs/7", "    3f2a91c  Fix login (Kim)",
    ] {
      #expect(text.contains(part), "\(part) in \(text)")
    }
  }

  @Test("history has a column for the reason, and says what was said and what was left")
  func history() {
    let (before, after) = (Self.weights[0], Self.weights[1])
    let pause = Message(id: "m1", .pause, by: "kim@laptop", comment: "looks slow", at: Stories.start)
    var line = HistoryLine(
      id: "d1", began: Stories.start, what: "web", group: "production", revision: "3f2a", hosts: 2, actor: "kim", state: "failed",
      style: .bad)
    line.account = Account(
      Self.story([
        .happened(.said(pause)), .noted(.shifted(from: before, to: after)),
        .concluded(Conclusion(status: .failed, hosts: [.pending, .pending])),
      ]))
    let text = HistoryReport([line]).lines(on: Surface()).joined(separator: "\n")
    #expect(text.contains("failed, traffic left wrong  Fix the login"), "\(text)")
    #expect(text.contains("Said to them\n  d1  2026-11-21 11:30:46  kim@laptop paused: looks slow"), "\(text)")
    #expect(JSON.text(HistoryReport([line]).value).contains(#""traffic_left_wrong":"The traffic is left at blue 0 %, green 100 %""#))
  }
}
