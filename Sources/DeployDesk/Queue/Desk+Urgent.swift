import DeployCore
import DeployEngine
package import DeployModel

extension Desk {
  /// Cancels a deployment because an urgent deployment needs its hosts. The deployment to cancel is waiting at a gate, parked or paused.
  /// Its answer to the cancellation is reported. When it has ended, the place in the queue shows that.
  func end(_ holder: Lock, at awaited: Awaited, _ reason: String, _ selection: Selection) async {
    let comment = "urgent: \(reason)"
    tell(.remark("Deployment \(holder.deployment) of \(holder.owner) \(awaited.clause); ending it: this one is \(comment)"))
    do {
      if let parked = await survey(selection).parked.first(where: { $0.parked.deployment == holder.deployment }) {
        try await end(parked, comment)
        return
      }
      let own = DeploymentPair.all(try await past.deployments()).first { $0.members.contains { $0.id == holder.deployment } }
      let reception =
        if let own, own.state == .running {
          try await say(.cancel, comment: comment, to: own)
        } else {
          try await say(.cancel, comment: comment, toFar: holder.deployment.rawValue, on: [selection])
        }
      switch reception {
      case .answered(_, let accepted, let words):
        tell(.remark(accepted ? "It ends: \(words)." : "It does not end: \(words). It is waited for."))
      case .ended, .lockGone: tell(.remark("It has ended by itself."))
      case .heard, .unattended, .ignored, .silent:
        tell(.remark("Nobody heard that; its lock is waited for, and free when its lease ends if its engine is gone."))
      }
    } catch {
      let words = (error as? Failure)?.message ?? (error as? Problems)?.list.first?.message ?? "\(error)"
      tell(.remark("It could not be told: \(words). It is waited for."))
    }
  }
}

extension Awaited {
  /// Whether the deployment is waiting for anything.
  var isSomething: Bool { gate > 0 || pause != nil }

  /// What a deployment in this state does, as a clause without its subject.
  package var clause: String {
    if pause != nil { return "is paused" }
    return kind.map { "waits at gate \(gate) (\($0.rawValue))" } ?? "is at work"
  }
}
