import DeployModel
import PlanDrafts
import Testing

@testable import DeployCore

@Suite("Segments")
struct SegmentTests {
  private let hooks: [(LifecycleEvent, Int)] = [
    (.applicationStop, 1), (.applicationStart, 2), (.validateService, 3), (.allowTraffic, 4),
  ]
  private let lists: [[Request]] = [
    [run("stop", on: 0)], [run("start", on: 0)], [run("validate", on: 0)], [run("allow", on: 0)],
  ]

  /// Plays a strategy that requests these waves. Hooks of all hosts run on host 0.
  private func play(
    _ decisions: [Decision], hosts: Int = 1, floor: Int = 0, parallel: Int = 100, rollback: Bool = true,
    reply: (Intent) -> Outcome = { _ in .done() }
  ) -> Play {
    let p = plan(
      hosts: hosts, hooks: hooks, floor: floor, parallel: parallel, strategy: Strategy(name: "own", function: 0), rollback: rollback
    ).edited {
      $0.stages = [.rollout(Strategy(name: "own", function: 0))]
      $0.prunesLast = true
    }
    return Play(p, ListScripts([decisions.map { .decide($0) }] + lists), reply: reply)
  }

  private func statuses(_ play: Play, of host: Int) -> [HostStatus] {
    play.effects.compactMap { if case .note(.host(host, let status)) = $0 { status } else { nil } }
  }

  @Test("every lifecycle event is in one segment, and their order is the order of the events")
  func events() {
    #expect(Segment.allCases.flatMap(\.events) == LifecycleEvent.allCases)
    #expect(Segment.allCases == Segment.allCases.sorted())
  }

  @Test("a wave leaves its hosts ready after the segment it names, and a later one takes them on from there")
  func ready() {
    let play = play([.wave([0], parallel: nil, upto: .validate), .wave([0], parallel: nil)])
    #expect(
      play.verbs == ["0 lock", "0 stop", "0 stage", "0 activate", "0 start", "0 validate", "0 allow", "0 record", "0 prune", "0 unlock"])
    #expect(statuses(play, of: 0) == [.changing, .ready(.validate), .changing, .succeeded])
    #expect(play.conclusion?.status == .succeeded)
    let results = play.effects.compactMap { if case .note(.waveEnded(_, let result)) = $0 { result } else { nil } }
    #expect(results == [WaveResult(succeeded: [], failed: [], ready: [0]), WaveResult(succeeded: [0], failed: [])])
  }

  /// Returns what the journal says about the service of a host, in order.
  private func services(_ play: Play, of host: Int) -> [Service] {
    play.effects.compactMap { if case .note(.serviceChanged(host, let service)) = $0 { service } else { nil } }
  }

  @Test("the journal tells when a host drains, leaves the service and joins it again; of a plan of an older version it does not")
  func service() {
    let hooks: [(LifecycleEvent, Int)] = [(.blockTraffic, 1), (.applicationStop, 2), (.allowTraffic, 3)]
    let lists = [[Request.decide(.wave([0], parallel: nil))], [run("block", on: 0)], [run("stop", on: 0)], [run("allow", on: 0)]]
    func play(_ hooks: [(LifecycleEvent, Int)], tracks: Bool? = true, first: Bool = false, fails: String? = nil) -> [Service] {
      let p = plan(hosts: 1, hooks: hooks, stages: [.rollout(Strategy(name: "own", function: 0))], first: first).edited {
        $0.tracksService = tracks
      }
      return services(
        Play(p, ListScripts(lists)) { intent in
          if case .run(let command) = intent.operation, command.line == fails { .failed(.command, "no") } else { .done() }
        }, of: 0)
    }
    #expect(play(hooks) == [.draining, .out, .in])
    #expect(play([]) == [.out, .in])
    #expect(play([], first: true) == [.in])
    #expect(play(hooks, fails: "stop") == [.draining, .out, .in])
    #expect(play(hooks, tracks: nil) == [])
  }

  @Test("a host that is ready after it got its traffic back counts as serving, and one that is ready before does not")
  func readyServes() {
    for (segment, serves) in [(Segment.validate, false), (.admit, true)] {
      var admission = Admission(plan: plan(hosts: 2, floor: 1))
      admission.started(0)
      admission.ended(0, .ready(segment), hadRelease: true)
      #expect(admission.service[0] == (serves ? .in : .out))
      #expect((admission.mayStart(1, parallel: nil) == .go) == serves)
    }
  }

  @Test(
    "a wave may stop after each segment in turn, and one that names an earlier one leaves ready hosts where they are",
    arguments: [true, false])
  func each(forward: Bool) {
    let segments: [Segment] = forward ? Segment.allCases : [.install, .stop, .settle]
    let play = play(segments.map { .wave([0], parallel: nil, upto: $0) })
    #expect(play.conclusion?.status == .succeeded, "\(String(describing: play.conclusion?.error))")
    let ready = statuses(play, of: 0).compactMap { if case .ready(let segment) = $0 { segment } else { nil } }
    #expect(ready == segments.dropLast().filter { forward || $0 == .install })
    #expect(play.verbs.count { $0 == "0 activate" } == 1)
  }

  @Test("hosts that are ready and that no wave took on are an error, and go back")
  func forgotten() {
    let play = play([.wave([0, 1], parallel: nil, upto: .start), .wave([1], parallel: nil)], hosts: 2)
    #expect(play.conclusion?.status == .failed)
    #expect(play.conclusion?.error?.failure.message == "the strategy ended and 1 host is ready and no later wave took them on (h0)")
    #expect(play.conclusion?.error?.failure.fix?.contains("rollout:wave(hosts)") == true)
    guard case .restored? = play.conclusion?.hosts[0] else { return #expect(Bool(false), "it is not restored") }
    #expect(play.conclusion?.rollback == [1])
  }

  @Test("when the deployment fails, ready hosts undo their segments, as many at once as may be in flight")
  func undone() {
    var answers = 0
    let play = play([.wave([0, 1, 2], parallel: nil, upto: .install), .wave([3], parallel: nil)], hosts: 4, parallel: 2) { intent in
      guard intent.place == .host(3), case .activate("new") = intent.operation else { return .done() }
      answers += 1
      return .failed(.failed, "disk broken")
    }
    #expect(answers == 1 && play.conclusion?.status == .failed)
    for host in 0..<3 {
      guard case .restored(let error)? = play.conclusion?.hosts[host] else { return #expect(Bool(false), "h\(host) is not restored") }
      #expect(error.failure.message == "it was ready, and the deployment failed before a wave took it on: disk broken")
    }
    #expect(play.verbs.count { $0.hasSuffix("activate") } == 4 + 3 + 1)
    var (inFlight, most) = (0, 0)
    for case .note(.host(_, let status)) in play.effects {
      switch status {
      case .changing: inFlight += 1
      case .restoring where !statuses(play, of: 3).contains(status): inFlight += 1
      case .ready, .restored: inFlight -= 1
      default: break
      }
      most = max(most, inFlight)
    }
    #expect(most == 2)
    #expect(play.conclusion?.error?.failure.message == "disk broken")
  }

  @Test(
    "a ready host that was only stopped is started again, and so is one that only got its release besides",
    arguments: [Segment.stop, .deliver])
  func early(upto: Segment) {
    let play = play([.wave([0], parallel: nil, upto: upto)])
    guard case .restored? = play.conclusion?.hosts[0] else { return #expect(Bool(false), "\(String(describing: play.conclusion?.hosts))") }
    #expect(!play.verbs.contains("0 activate"))
    #expect(play.verbs.suffix(5) == ["0 start", "0 validate", "0 allow", "0 discard", "0 unlock"])
  }

  @Test("where failing hosts are left as they are, ready ones are too")
  func left() {
    let play = play([.wave([0, 1], parallel: nil, upto: .start)], hosts: 2, rollback: false)
    #expect(play.conclusion?.hosts.count { if case .failed = $0 { true } else { false } } == 2)
    #expect(play.verbs.count { $0.hasSuffix("activate") } == 2)
  }

  @Test("twenty thousand ready hosts that are left as they are come to their end without going deep")
  func many() {
    let play = play([.wave(Array(0..<20_000), parallel: nil, upto: .stop)], hosts: 20_000, parallel: 1, rollback: false)
    #expect(play.conclusion?.hosts.count == 20_000)
    #expect(play.conclusion?.hosts.allSatisfy { if case .failed = $0 { true } else { false } } == true)
  }

  @Test("a ready host is out of service: the floor counts it, and says so when no further host may be taken out")
  func floor() {
    let play = play(
      [.wave([0, 1], parallel: nil, upto: .validate), .wave([0, 1, 2], parallel: nil)], hosts: 3, floor: 2)
    #expect(play.conclusion?.status == .failed)
    #expect(play.conclusion?.error?.failure.message == "2 of 3 hosts serve and the floor is 2, so none may be taken out of service")
    guard case .restored? = play.conclusion?.hosts[0] else { return #expect(Bool(false), "it is not restored") }
    #expect(play.conclusion?.hosts[1] == .pending)
  }

  @Test("releases are pruned when every host has come through, and not at all when the deployment fails")
  func prune() {
    let whole = play([.wave([0], parallel: nil), .wave([1], parallel: nil)], hosts: 2)
    let verbs = whole.verbs
    #expect(verbs.lastIndex { $0.hasSuffix("record") } ?? 0 < verbs.firstIndex { $0.hasSuffix("prune") } ?? 0)
    #expect(verbs.suffix(4) == ["0 prune", "1 prune", "0 unlock", "1 unlock"])
    let failed = play([.wave([0], parallel: nil), .wave([1], parallel: nil)], hosts: 2) { intent in
      if intent.place == .host(1), case .activate = intent.operation { .failed(.failed, "no") } else { .done() }
    }
    #expect(failed.conclusion?.rollback == [0] && !failed.verbs.contains { $0.hasSuffix("prune") })
  }

  @Test("a host that cannot prune is told, and has succeeded all the same")
  func pruneFails() {
    let play = play([.wave([0], parallel: nil)]) { if case .prune = $0.operation { .failed(.unreachable, "gone") } else { .done() } }
    #expect(play.conclusion?.hosts == [.succeeded] && play.conclusion?.status == .succeeded)
    #expect(play.effects.contains(.note(.remark("h0: the step prune failed: gone; the deployment continues without it"))))
  }

  @Test("a plan of an older version has each host prune in its own turn, so that its journal replays")
  func older() throws {
    let p = plan(hosts: 2, hooks: [], parallel: 1, stages: [.rollout(nil)])
    #expect(p.flow.prunesLast == nil)
    #expect(
      Play(p, ListScripts([])).verbs == [
        "0 lock", "1 lock", "0 stage", "0 activate", "0 record", "0 prune", "1 stage", "1 activate", "1 record", "1 prune", "0 unlock",
        "1 unlock",
      ])
    let pruning = p.edited { $0.prunesLast = true }
    #expect(Play(pruning, ListScripts([])).verbs.suffix(4) == ["0 prune", "1 prune", "0 unlock", "1 unlock"])
  }
}
