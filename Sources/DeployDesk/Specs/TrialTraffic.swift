import DeployCore
import DeployModel

/// The scripts of a trial. They also record the weights that the traffic adapter sets. In a test, commands always give the same answer. So
/// without this record, the adapter would read the old weights even after it had shifted traffic.
final class TrialTraffic: Scripts {
  private enum Call {
    case read
    case weight(Weights)
  }

  private let scripts: any Scripts
  private let adapter: TrafficAdapter?
  private var calls: [ScriptID: Call] = [:]
  /// The weights that were set last, or nil if none were set. If nil, the recipe's `read` decides.
  private var moved: Weights?

  init(_ scripts: any Scripts, of plan: Plan) {
    self.scripts = scripts
    adapter = plan.flow.strategy?.traffic
  }

  func start(_ script: ScriptID, _ body: Body, on subject: Subject) {
    if let adapter, body.recipe == 0 {
      switch subject {
      case .traffic where body.function == adapter.read: calls[script] = .read
      case .weights(let weights) where body.function == adapter.weight: calls[script] = .weight(weights)
      default: break
      }
    }
    scripts.start(script, body, on: subject)
  }

  func step(_ script: ScriptID, _ answer: Answer) -> Step {
    var step = scripts.step(script, answer)
    guard case .ended(let result) = step.next, let call = calls.removeValue(forKey: script), case .returned = result else { return step }
    switch call {
    case .weight(let weights): moved = weights
    case .read: if let moved { step.next = .ended(.returned(moved.value)) }
    }
    return step
  }

  func kill(_ script: ScriptID) {
    calls[script] = nil
    scripts.kill(script)
  }
}
