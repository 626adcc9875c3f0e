package import DeployModel

/// An input of the core: an outside event, or the result of a script's step.
package enum Event: Sendable, Hashable {
  case happened(Happening)
  case stepped(ScriptID, Step)
}
