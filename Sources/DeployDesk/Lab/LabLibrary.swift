package import DeployCore
import DeployEngine
package import DeployModel

/// Loads recipes for a lab. Their traffic adapters are not called, because a lab has no balancers.
package struct LabLibrary: RehearsalLibrary {
  private let inner: any RehearsalLibrary
  private let scene: LabScene

  package init(over inner: any RehearsalLibrary, in scene: LabScene) {
    self.inner = inner
    self.scene = scene
  }

  package func scripts(of plan: Plan, sources: [[SourceFile]]) throws -> any Scripts {
    let scripts = try inner.scripts(of: plan, sources: sources)
    guard let adapter = plan.flow.strategy?.traffic else { return scripts }
    return LabTraffic(scripts, adapter, scene)
  }

  package func recipe(named name: String, in sources: [SourceFile]) throws -> Recipe { try inner.recipe(named: name, in: sources) }

  package func rehearsed(
    _ plan: Plan, sources: [[SourceFile]], as mode: Rehearsal, hasFaults: Bool
  ) throws(Problems) -> any RehearsedRecipes {
    try inner.rehearsed(plan, sources: sources, as: mode, hasFaults: hasFaults)
  }

  package func simulated(_ plan: Plan, sources: [[SourceFile]]) -> (UInt64) throws(Problems) -> any RehearsedRecipes {
    inner.simulated(plan, sources: sources)
  }

  package func prompt(_ plan: Plan, sources: [SourceFile]) throws(Problems) -> any PromptScripts {
    try inner.prompt(plan, sources: sources)
  }
}

/// The scripts of a plan. The lab provides the weights that a balancer would otherwise provide.
private final class LabTraffic: Scripts {
  private let scripts: any Scripts
  private let adapter: TrafficAdapter
  private let scene: LabScene
  private var results: [ScriptID: Value] = [:]

  init(_ scripts: any Scripts, _ adapter: TrafficAdapter, _ scene: LabScene) {
    self.scripts = scripts
    self.adapter = adapter
    self.scene = scene
  }

  func start(_ script: ScriptID, _ body: Body, on subject: Subject) {
    guard body.recipe == 0 else { return scripts.start(script, body, on: subject) }
    switch subject {
    case .traffic where body.function == adapter.read:
      results[script] = scene.weights(of: adapter.pools)?.value ?? .null
    case .weights(let weights) where body.function == adapter.weight:
      scene.set(weights, of: adapter.pools)
      scene.note("The balancer of \(adapter.pools.joined(separator: ", ")) was not asked: the lab kept its weights.")
      results[script] = .null
    default: return scripts.start(script, body, on: subject)
    }
  }

  func step(_ script: ScriptID, _ answer: Answer) -> Step {
    guard let result = results.removeValue(forKey: script) else { return scripts.step(script, answer) }
    return Step(.ended(.returned(result)))
  }

  func kill(_ script: ScriptID) {
    if results.removeValue(forKey: script) == nil { scripts.kill(script) }
  }
}
