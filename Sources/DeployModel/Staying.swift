/// How long an engine stays while only a person's answer is missing.
package enum Staying: Sendable, Hashable {
  /// Until the gate closes.
  case always
  /// This long at each gate; then the deployment is parked.
  case upTo(Interval)

  /// The least time, so that the engine still takes an answer that is already there.
  package static let atLeast = Interval.seconds(3)

  /// The longest stay; nil: without a limit.
  package var limit: Interval? {
    switch self {
    case .always: nil
    case .upTo(let limit): max(Self.atLeast, limit)
    }
  }
}
