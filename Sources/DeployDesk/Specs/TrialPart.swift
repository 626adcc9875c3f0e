import DeployCore
import DeployModel
import DeploySimulation

/// What happened in one deployment of a test, simulated or in a lab.
struct TrialPart: Sendable {
  var plan: Plan
  var entries: [Entry]
  /// How the deployment ended, or nil if it has not ended.
  var conclusion: Conclusion?

  init(plan: Plan, entries: [Entry], conclusion: Conclusion?) {
    self.plan = plan
    self.entries = entries
    self.conclusion = conclusion
  }

  init(_ engine: SimulatedEngine) { self.init(plan: engine.plan, entries: engine.entries, conclusion: engine.conclusion) }
}
