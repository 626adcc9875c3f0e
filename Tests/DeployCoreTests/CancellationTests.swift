import DeployCore
import DeployModel
import Testing

@Suite("Cancelling")
struct CancellationTests {
  /// Runs a plan, cancels it at the first intent for which `at` returns true, and from then on ends as cancelled each intent that the
  /// engine cancels.
  func play(_ plan: Plan, _ scripts: any Scripts, cancelAt at: (Intent) -> Bool) -> (verbs: [String], conclusion: Conclusion?) {
    var conductor = Conductor(plan: plan, scripts: scripts)
    var queue: [Happening] = [.started]
    var held: [Intent] = []
    var verbs: [String] = []
    var conclusion: Conclusion?
    while !queue.isEmpty {
      for effect in conductor.take(queue.removeFirst()) {
        switch effect {
        case .perform(let intent):
          verbs.append(intent.operation.verb)
          if at(intent) {
            held.append(intent)
            queue.append(.cancelled(reason: "somebody pressed Ctrl-C"))
          } else {
            queue.append(.finished(intent: intent.id, .done()))
          }
        case .cancel(let intent): queue.append(.finished(intent: intent, .failed(.cancelled, "cancelled")))
        case .conclude(let end): conclusion = end
        default: break
        }
      }
    }
    return (verbs, conclusion)
  }

  @Test("a running hook is ended, its host restored, the lock released")
  func hook() {
    let scripts = ListScripts([[run("start", on: 0)], []])
    let p = plan(hosts: 1, hooks: [(.applicationStart, 0)])
    let (verbs, conclusion) = play(p, scripts) { if case .run = $0.operation { $0.id < 6 } else { false } }
    #expect(conclusion?.status == .cancelled)
    #expect(verbs.last == "unlock")
    guard case .restored? = conclusion?.hosts[0] else { return #expect(Bool(false), "\(String(describing: conclusion))") }
  }

  @Test("a deployment that waits for its locks hears a cancellation at once, and gives back what it has", arguments: [1, 2])
  func locks(at lock: Int) {
    let p = plan(hosts: 3, hooks: [(.applicationStart, 0)])
    let (verbs, conclusion) = play(p, ListScripts([[run("start", on: 0)]])) {
      if case .lock = $0.operation { $0.id == lock } else { false }
    }
    #expect(conclusion?.status == .cancelled)
    #expect(verbs.count { $0 == "unlock" } == (lock == 1 ? 0 : 2))
    #expect(verbs.allSatisfy { $0 == "lock" || $0 == "unlock" })
  }

  @Test("hosts that are not begun stay untouched")
  func untouched() {
    let p = plan(hosts: 3, hooks: [(.applicationStart, 0)], parallel: 1, stages: [.rollout(nil)])
    let (_, conclusion) = play(p, ListScripts([[run("start", on: 0)]])) { if case .run = $0.operation { $0.id < 8 } else { false } }
    #expect(conclusion?.hosts.last == .pending)
  }

  @Test("a transfer under way is interrupted before anything was changed")
  func upload() {
    let (verbs, conclusion) = play(plan(hosts: 2), ListScripts([])) { if case .stage = $0.operation { true } else { false } }
    #expect(!verbs.contains("activate"))
    #expect(conclusion?.status == .cancelled)
  }

  @Test("a deadline around a function ends what it waits for and raises a timeout")
  func within() {
    let scripts = ListScripts([[.within(.seconds(5), Body(recipe: 0, function: 1))], [run("slow", on: 0)]])
    var conductor = Conductor(plan: plan(hosts: 1, hooks: [(.afterInstall, 0)]), scripts: scripts)
    var queue: [Happening] = [.started]
    var errors: [Failure.Kind] = []
    while !queue.isEmpty {
      for effect in conductor.take(queue.removeFirst()) {
        switch effect {
        case .perform(let intent):
          if case .run = intent.operation { continue }
          queue.append(.finished(intent: intent.id, .done()))
        case .ring(let timer, let after): if after == .seconds(5) { queue.append(.rang(timer: timer)) }
        case .cancel(let intent): queue.append(.finished(intent: intent, .failed(.cancelled, "cancelled")))
        case .note(.eventEnded(_, _, let error?)): errors.append(error.failure.kind)
        default: break
        }
      }
    }
    #expect(errors == [.timeout])
  }
}
