package import DeployModel

/// What the core hears: an outside event, or the result of a script's step.
package enum Event: Sendable, Hashable {
  case happened(Happening)
  case stepped(ScriptID, Step)
}
