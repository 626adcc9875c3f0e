import DeployCore
import DeployModel
import PlanDrafts
import Testing

/// Tests how a deployment ends if hosts are unreachable, or if a hook fails as cancelled.
@Suite("The end of a deployment")
struct WayBackTests {
  /// Runs a plan until no answer is left. `reply` returns nil for operations that never end.
  private func play(_ plan: Plan, _ scripts: any Scripts, reply: (Intent) -> Outcome?) -> (effects: [Effect], conclusion: Conclusion?) {
    var conductor = Conductor(plan: plan, scripts: scripts)
    var queue: [Happening] = [.started]
    var effects: [Effect] = []
    var conclusion: Conclusion?
    while !queue.isEmpty {
      for effect in conductor.take(queue.removeFirst()) {
        effects.append(effect)
        if case .perform(let intent) = effect, let outcome = reply(intent) { queue.append(.finished(intent: intent.id, outcome)) }
        if case .conclude(let end) = effect { conclusion = end }
      }
    }
    return (effects, conclusion)
  }

  /// Lets h0 succeed, lets h1 become unreachable in its hook, and leaves h2 unstarted.
  private func lost(_ intent: Intent) -> Outcome? {
    if case .run = intent.operation, intent.place == .host(1) { return .failed(.unreachable, "it did not answer in time") }
    if case .unlock = intent.operation, intent.place == .host(1) { return nil }
    return .done()
  }

  @Test("hosts that are to go back do not wait for the lock of a host that is unreachable")
  func unlockingLost() {
    let p = plan(hosts: 3, hooks: [(.applicationStart, 0)], parallel: 1)
    let (effects, conclusion) = play(p, PerHost { run("start", on: $0) }, reply: lost)
    #expect(conclusion?.status == .failed && conclusion?.rollback == [0])
    guard case .unknown? = conclusion?.hosts[1] else { return #expect(Bool(false), "\(String(describing: conclusion))") }
    let unlocked = effects.compactMap { effect -> Place? in
      if case .perform(let intent) = effect, case .unlock = intent.operation { intent.place } else { nil }
    }
    #expect(unlocked == [.host(1), .host(2)])
    #expect(effects.contains(.note(.remark("h1 is unreachable and stays locked until its lease ends"))))
  }

  @Test("where nothing is to go back, a host that is unreachable is still told that its lock is given back")
  func unlockingAlone() {
    let p = plan(hosts: 2, hooks: [(.applicationStart, 0)], parallel: 2)
    let (_, conclusion) = play(p, PerHost { run("start", on: $0) }) { intent in
      if case .run = intent.operation { return .failed(.unreachable, "no route") }
      if case .unlock = intent.operation, intent.place == .host(1) { return nil }
      return .done()
    }
    #expect(conclusion == nil, "it ended before host 1 had answered")
  }

  @Test(
    "a rollback that leaves a host where it was has failed, however many the others are", arguments: [Failure.Kind.command, .unreachable])
  func leftBehind(_ kind: Failure.Kind) {
    let p = plan(hosts: 3, hooks: [(.applicationStart, 0)], failed: 3, rollback: false)
    let ends = { (kind: Plan.Kind) in
      let asked = p.edited { ($0.kind, $0.bounds.unreachable) = (kind, 3) }
      return self.play(asked, PerHost { run("start", on: $0) }) { intent in
        if case .run = intent.operation, intent.place == .host(1) { return .failed(.command, "exit status 7") }
        return .done()
      }.conclusion
    }
    let back = ends(.rollback(of: "d0"))
    #expect(back?.status == .failed && back?.hosts[0] == .succeeded && back?.hosts[2] == .succeeded, "\(String(describing: back))")
    #expect(back?.error?.failure.message == "exit status 7")
    #expect(ends(.deploy)?.status == .succeeded, "a budget that a recipe declares still counts")
  }

  @Test("a hook that raises what somebody's wish would raise is a failure, and no cancelled deployment")
  func cancelledByNobody() {
    let p = plan(hosts: 1, hooks: [(.afterInstall, 0)])
    let (_, conclusion) = play(p, PerHost { run("start", on: $0) }) { intent in
      if case .run = intent.operation { return .failed(.cancelled, "skipped because another one failed first") }
      return .done()
    }
    #expect(conclusion?.status == .failed)
  }
}

/// Scripts in which every hook makes one request to its own host.
final class PerHost: Scripts {
  private let ask: (Int) -> Request
  private var running: [ScriptID: (host: Int, asked: Bool)] = [:]
  init(_ ask: @escaping (Int) -> Request) { self.ask = ask }
  func start(_ script: ScriptID, _ body: Body, on subject: Subject) {
    if case .host(let number) = subject { running[script] = (number, false) }
  }
  func kill(_ script: ScriptID) { running[script] = nil }
  func step(_ script: ScriptID, _ answer: Answer) -> Step {
    guard let one = running[script] else { return Step(.ended(.returned(.null))) }
    if case .outcome(let outcome) = answer, let failure = outcome.failure {
      return Step(.ended(.raised(ScriptError(failure))))
    }
    if one.asked { return Step(.ended(.returned(.null))) }
    running[script]?.asked = true
    return Step(.asked(ask(one.host)))
  }
}
