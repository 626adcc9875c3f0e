package import DeployModel

/// What the core asks the driver to do, in order.
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
