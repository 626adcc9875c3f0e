import DeployCore
import DeployModel
import PlanDrafts
import Testing

/// Tests the findings of check functions.
@Suite("Check functions")
struct CheckFunctionTests {
  /// A deployment with a wave, a watch with a function, and another wave. The watch's timers ring at once.
  private struct Watched {
    var answers: [GateAnswer] = []
    var opened: [Gate] = []
    var waves = 0
    var conclusion: Conclusion?

    /// - Parameter check: the result of the check with this number, from 1; nil: the host is good.
    init(
      checks: Int, allow: Int = 0, rules: Plan.Flow.Rules? = .newest, undecided: Gate.Undecided = .ask,
      _ check: @escaping (Int) -> ScriptError?
    ) {
      let watch = Watch(.function(1), every: .seconds(10), looks: checks, allow: allow)
      let gate = Gate(.check, name: "watch", time: .minutes(1), watch: watch, undecided: undecided)
      let decisions: [Decision] = [.wave([0], parallel: nil), .gate(gate), .wave([1], parallel: nil)]
      let own = plan(hosts: 2, stages: [.rollout(Strategy(name: "own", function: 0))]).edited { $0.rules = rules }
      var conductor = Conductor(plan: own, scripts: CheckingScripts(decisions, check))
      var queue: [Happening] = [.started]
      while !queue.isEmpty {
        for effect in conductor.take(queue.removeFirst()) {
          switch effect {
          case .perform(let intent): queue.append(.finished(intent: intent.id, .done()))
          case .ring(let timer, .seconds(10)): queue.append(.rang(timer: timer))
          case .note(.gateOpened(_, let gate)): opened.append(gate)
          case .note(.gateClosed(_, let answer)): answers.append(answer)
          case .note(.waveBegan): waves += 1
          case .conclude(let end): conclusion = end
          default: break
          }
        }
      }
    }
  }

  @Test(
    "a check function finds the host bad if it raises, whatever the kind of error",
    arguments: [
      Failure.Kind.missing, .store, .notPermitted, .transport, .lost, .cancelled, .internal, .command, .failed, .unreachable,
    ])
  func raises(kind: Failure.Kind) {
    for host in ["h1", nil] {
      let bad = Watched(checks: 5, undecided: .pass) { $0 == 1 ? ScriptError(Failure(kind, "no such file"), host: host) : nil }
      #expect(bad.conclusion?.status == .failed && bad.waves == 1)
      #expect(bad.conclusion?.error?.failure.message == "the watch \"watch\" failed: h0: no such file")
    }
  }

  @Test("only the host that is checked can be unreachable, and no check of it without an answer is forgotten")
  func outOfReach() {
    let away = ScriptError(Failure(.unreachable, "no route"), host: "h0")
    let asked = Watched(checks: 3) { $0 == 1 ? away : nil }
    #expect(asked.answers == [GateAnswer(.inconclusive, comment: "1 of 3 checks got no answer, the first from h0: no route")])
    #expect(asked.opened.map(\.kind) == [.check, .approval] && asked.waves == 1)
    let allowed = Watched(checks: 3, allow: 1) { $0 == 1 ? away : nil }
    #expect(allowed.conclusion?.status == .succeeded)
    let both = Watched(checks: 3, allow: 1) { $0 == 1 ? away : $0 == 2 ? ScriptError(Failure(.command, "500")) : nil }
    #expect(both.answers.map(\.verdict) == [.inconclusive] && both.waves == 1)
    let last = Watched(checks: 3, allow: 1) { $0 == 3 ? away : nil }
    #expect(last.answers.map(\.verdict) == [.inconclusive] && last.waves == 1)
    // A deployment that an older version began continues by its own rules.
    #expect(Watched(checks: 3, rules: nil) { $0 == 1 ? away : nil }.conclusion?.status == .succeeded)
  }
}

/// A strategy that makes these decisions in order, and check functions that end at once.
private final class CheckingScripts: Scripts {
  private var decisions: ArraySlice<Decision>
  private let check: (Int) -> ScriptError?
  private var checking: [ScriptID] = []
  private var checks = 0
  init(_ decisions: [Decision], _ check: @escaping (Int) -> ScriptError?) { (self.decisions, self.check) = (decisions[...], check) }
  func start(_ script: ScriptID, _ body: Body, on subject: Subject) { if body.function == 1 { checking.append(script) } }
  func kill(_ script: ScriptID) {}
  func step(_ script: ScriptID, _ answer: Answer) -> Step {
    if checking.contains(script) {
      checks += 1
      return Step(.ended(check(checks).map { .raised($0) } ?? .returned(.null)))
    }
    if case .cancel(let failure) = answer { return Step(.ended(.raised(ScriptError(failure)))) }
    return Step(decisions.popFirst().map { .asked(.decide($0)) } ?? .ended(.returned(.null)))
  }
}
