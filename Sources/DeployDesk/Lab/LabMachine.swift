package import DeployCore
package import DeployModel

/// The engine's machine in a lab. Commands are actually run, but requests to servers on other machines get simulated answers.
package struct LabMachine: EngineMachine {
  private let inner: any EngineMachine
  private let scene: LabScene

  package init(over inner: any EngineMachine, in scene: LabScene) {
    self.inner = inner
    self.scene = scene
  }

  package func perform(_ intent: Intent, of deployment: Deployment.ID, output: @escaping @Sendable (OutputChunk) -> Void) async -> Outcome {
    switch intent.operation {
    case .http(let request):
      if let outcome = scene.outcome(of: request) { return outcome }
    case .check(let check):
      if let outcome = scene.outcome(of: intent, on: "here") ?? scene.outcome(of: check) { return outcome }
    default:
      if let outcome = scene.outcome(of: intent, on: "here") { return outcome }
    }
    return await inner.perform(intent, of: deployment, output: output)
  }

  package func cancel(_ intent: Int, of deployment: Deployment.ID) async { await inner.cancel(intent, of: deployment) }
  package func attend(_ deployment: Deployment.ID, after earlier: EarlierEngines?) async throws(Failure) {
    try await inner.attend(deployment, after: earlier)
  }
  package func forget(_ deployment: Deployment.ID) async { await inner.forget(deployment) }
}
