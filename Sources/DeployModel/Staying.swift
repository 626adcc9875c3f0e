/// How long an engine stays while only a person's answer is missing.
package enum Staying: Sendable, Hashable {
  /// Until the gate closes.
  case always
  /// This long at each gate; then the deployment is parked.
  case upTo(Interval)

  /// The least time, so that an answer that is already there is heard before the engine leaves.
  package static let atLeast = Interval.seconds(3)

  /// Nil: it stays.
  package var limit: Interval? {
    switch self {
    case .always: nil
    case .upTo(let limit): max(Self.atLeast, limit)
    }
  }
}
