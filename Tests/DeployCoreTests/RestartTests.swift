import DeployModel
import PlanDrafts
import Testing

@testable import DeployCore

@Suite("Restarts")
struct RestartTests {
  private let hooks: [(LifecycleEvent, Int)] = [
    (.applicationStop, 1), (.beforeInstall, 2), (.applicationStart, 3), (.validateService, 4), (.allowTraffic, 5),
  ]

  private func play(_ decisions: [Decision], first: Bool = false, reply: (Intent) -> Outcome = { _ in .done() }) -> Play {
    let p = plan(hosts: 1, hooks: hooks, floor: 0, strategy: Strategy(name: "own", function: 0), first: first).edited {
      $0.stages = [.rollout(Strategy(name: "own", function: 0))]
      $0.prunesLast = true
    }
    let lists = [decisions.map { Request.decide($0) }] + ["stop", "setup", "start", "validate", "allow"].map { [run($0, on: 0)] }
    return Play(p, ListScripts(lists), reply: reply)
  }

  @Test("a restart runs the hooks around the service and none that install, in the release that runs; the host can be changed afterwards")
  func steps() {
    let play = play([.restart([0], parallel: nil), .wave([0], parallel: nil)])
    #expect(
      play.verbs == [
        "0 lock", "0 stop", "0 start", "0 validate", "0 allow", "0 stop", "0 stage", "0 setup", "0 activate", "0 start", "0 validate",
        "0 allow", "0 record", "0 prune", "0 unlock",
      ])
    #expect(play.conclusion?.status == .succeeded)
    let releases = play.intents.filter { if case .run = $0.operation { true } else { false } }.map(\.site.release)
    let host = play.conductor.rollout.plan.hosts[0]
    #expect(releases.prefix(4).allSatisfy { $0 == host.current } && releases.last == host.target?.id, "\(releases)")
  }

  @Test("a restart that fails starts what ran again, and the host counts as failed")
  func failing() {
    var starts = 0
    let play = play([.restart([0], parallel: nil), .wave([0], parallel: nil)]) { intent in
      guard case .run(let command) = intent.operation, command.line == "start" else { return .done() }
      starts += 1
      return starts == 1 ? .failed(.command, "no") : .done()
    }
    #expect(play.verbs == ["0 lock", "0 stop", "0 start", "0 start", "0 validate", "0 allow", "0 unlock"])
    #expect(play.conclusion?.status == .failed)
    if case .restored = play.conclusion?.hosts[0] {} else { Issue.record("\(String(describing: play.conclusion))") }
  }

  @Test("a host that the deployment has changed is skipped, with a word of it")
  func changed() {
    let play = play([.wave([0], parallel: nil), .restart([0], parallel: nil)])
    #expect(play.conclusion?.status == .succeeded && play.verbs.filter { $0 == "0 start" }.count == 1)
    let remarks = play.effects.compactMap { if case .note(.remark(let text)) = $0 { text } else { nil } }
    #expect(remarks == ["not restarted, because this deployment has changed them already: h0"])
  }

  @Test("a host on which nothing runs is skipped, with a word of it, and deployed like the others")
  func bare() {
    let play = play([.restart([0], parallel: nil), .wave([0], parallel: nil)], first: true)
    #expect(play.conclusion?.status == .succeeded)
    let remarks = play.effects.compactMap { if case .note(.remark(let text)) = $0 { text } else { nil } }
    #expect(remarks == ["not restarted, because nothing whole runs there that lander deployed: h0"])
    #expect(!play.effects.contains { if case .note(.restartBegan) = $0 { true } else { false } })
  }
}
