package import DeployModel

/// What a deployment does if another one has its hosts, or stands in line for them.
package enum WhenBusy: Sendable, Hashable {
  /// It is refused.
  case fail
  /// It stands in line, at most for that long.
  case wait(Interval)
  /// The same, and it ends deployments of the same recipe, group and hosts that wait and said this too.
  case supersede(Interval)

  /// How long it stands in line at most; nil: not at all.
  package var bound: Interval? {
    switch self {
    case .fail: nil
    case .wait(let bound), .supersede(let bound): bound
    }
  }

  var manner: Ticket.Manner { if case .supersede = self { .supersede } else { .wait } }

  /// If nothing else is said.
  package static let usual = Interval.minutes(60)

  /// Reads `fail`, `wait`, `supersede`, and the last two with a time of 1 s to 7 days: `wait=30m`.
  package init?(_ text: String) {
    let sides = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    var bound = Self.usual
    if sides.count > 1 {
      guard let read = Interval(sides[1]), read >= .seconds(1), read <= .minutes(7 * 24 * 60) else { return nil }
      bound = read
    }
    switch sides[0] {
    case "fail" where sides.count == 1: self = .fail
    case "wait": self = .wait(bound)
    case "supersede": self = .supersede(bound)
    default: return nil
    }
  }
}
