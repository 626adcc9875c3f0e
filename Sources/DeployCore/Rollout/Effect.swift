package import DeployModel

/// An action that the core asks the driver to perform. Effects are performed in order.
package enum Effect: Sendable, Hashable {
  case start(ScriptID, Body, Subject)
  case step(ScriptID, Answer)
  case kill(ScriptID)
  case perform(Intent)
  case cancel(intent: Int)
  case ring(timer: Int, after: Interval)
  case note(Note)
  indirect case conclude(Conclusion)
}
