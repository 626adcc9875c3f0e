/// How long an engine stays while nothing but a person's answer is awaited.
package enum Staying: Sendable, Hashable {
  /// Until the gate closes.
  case always
  /// For so long at each gate; then the deployment is parked.
  case upTo(Interval)

  /// A moment in which an answer that lies ready is heard before the engine leaves.
  package static let atLeast = Interval.seconds(3)

  /// Nil: it stays.
  package var limit: Interval? {
    switch self {
    case .always: nil
    case .upTo(let limit): max(Self.atLeast, limit)
    }
  }
}
