package import DeployModel

/// What the core hears: something outside, or what a script's step came to.
package enum Event: Sendable, Hashable {
  case happened(Happening)
  case stepped(ScriptID, Step)
}
