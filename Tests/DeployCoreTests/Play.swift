import DeployCore
import DeployModel
import PlanDrafts

/// Hooks in Swift. The body of a function is a list of requests, which it makes one after the other. It raises an error if an outcome has a
/// failure.
final class ListScripts: Scripts {
  var bodies: [[Request]]
  var running: [ScriptID: (body: Int, next: Int)] = [:]
  var steps: [String] = []
  init(_ bodies: [[Request]]) { self.bodies = bodies }
  func start(_ script: ScriptID, _ body: Body, on subject: Subject) { running[script] = (body.function, 0) }
  func kill(_ script: ScriptID) { running[script] = nil }
  func step(_ script: ScriptID, _ answer: Answer) -> Step {
    guard let (body, next) = running[script] else { return Step(.ended(.returned(.null))) }
    switch answer {
    case .cancel(let failure), .refused(let failure):
      running[script] = nil
      return Step(.ended(.raised(ScriptError(failure))))
    case .outcome(let outcome):
      if let failure = outcome.failure {
        running[script] = nil
        return Step(.ended(.raised(ScriptError(failure))))
      }
    case .results(let results):
      for case .raised(let error) in results {
        running[script] = nil
        return Step(.ended(.raised(error)))
      }
    default: break
    }
    guard next < bodies[body].count else {
      running[script] = nil
      return Step(.ended(.returned(.null)))
    }
    running[script] = (body, next + 1)
    return Step(.asked(bodies[body][next]))
  }
}

/// Returns a plan for `count` hosts that all run release `old`, with these hooks by event. With `first`, no host has a release.
func plan(
  hosts count: Int, hooks: [(LifecycleEvent, Int)] = [], floor: Int = 0, parallel: Int = 100, failed: Int = 0, strategy: Strategy? = nil,
  stages: [Stage]? = nil, first: Bool = false, rollback: Bool = true
) -> Plan {
  let digest = Digest(hex: String(repeating: "a", count: 64))
  let old = Release(id: "old", bundle: digest)
  let new = Release(id: "new", bundle: digest)
  let inputs = Receipt.Inputs(bundle: digest, sources: digest, parameters: .record([]), shared: [], secrets: [])
  let receipt = Receipt(
    application: "shop", group: "g", release: old, inputs: inputs, deployment: "d0", recipe: "web", actor: "a@b",
    at: Timestamp(milliseconds: 0))
  let pinned = PinnedRecipe(name: "web", sources: digest, hooks: hooks.map { Recipe.Hook(event: $0.0, function: $0.1) })
  return PlanDraft(
    id: "d1", application: "shop", recipe: "web", group: "g", actor: "a@b", at: Timestamp(milliseconds: 0), engine: "test", release: new,
    recipes: [pinned],
    hosts: (0..<count).map {
      HostPlan(
        host: Host(number: $0, name: "h\($0)"), target: new, previous: first ? nil : receipt, current: first ? nil : "old",
        restoring: first ? nil : 0)
    },
    stages: stages ?? [.upload, .rollout(strategy)], bounds: Bounds(floor: floor, parallel: parallel, failed: failed, unreachable: 0),
    placement: Placement(path: "/srv/shop"), rollback: rollback, inputs: inputs,
    lock: LockRequest(token: "t", owner: "a@b", purpose: "deploy", fence: 2)
  ).plan
}

func run(_ line: String, on host: Int) -> Request { .perform(.host(host), .run(Command(.shell(line))), timeout: nil) }

/// Plays a plan. Answers every intent at once with the result of `reply`, and keeps all effects.
struct Play {
  var conductor: Conductor
  var effects: [Effect] = []
  var conclusion: Conclusion?
  var intents: [Intent] = []

  /// - Parameters:
  ///   - rings: whether timers ring, at once.
  ///   - short: timers up to this length ring even if `rings` is false; nil: none do.
  init(
    _ plan: Plan, _ scripts: any Scripts, rings: Bool = true, short: Interval? = nil, reply: (Intent) -> Outcome = { _ in .done() }
  ) {
    conductor = Conductor(plan: plan, scripts: scripts)
    var queue: [Happening] = [.started]
    while !queue.isEmpty {
      for effect in conductor.take(queue.removeFirst()) {
        effects.append(effect)
        switch effect {
        case .perform(let intent):
          intents.append(intent)
          queue.append(.finished(intent: intent.id, reply(intent)))
        case .ring(let timer, let after) where rings || short.map { after <= $0 } == true: queue.append(.rang(timer: timer))
        case .conclude(let end): conclusion = end
        default: break
        }
      }
    }
  }

  var verbs: [String] {
    intents.map { intent in
      let place: String = if case .host(let number) = intent.place { "\(number)" } else { "here" }
      if case .run(let command) = intent.operation { return "\(place) \(command.line)" }
      return "\(place) \(intent.operation.verb)"
    }
  }
}
