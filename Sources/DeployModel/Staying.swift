/// How long an engine keeps running while only a person's answer is missing.
package enum Staying: Sendable, Hashable {
  /// Until the gate is closed.
  case always
  /// For at most this time at each gate. Then the deployment is parked.
  case upTo(Interval)

  /// The minimum, so that the engine still receives an answer that is already in the mailbox.
  package static let atLeast = Interval.seconds(3)

  /// How long the engine stays at each gate, or nil if there is no limit.
  package var limit: Interval? {
    switch self {
    case .always: nil
    case .upTo(let limit): max(Self.atLeast, limit)
    }
  }
}
