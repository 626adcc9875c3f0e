package import DeployModel

/// What a deployment does if another deployment holds its hosts, or is already waiting for them in the queue.
package enum WhenBusy: Sendable, Hashable {
  /// The deployment is refused.
  case fail
  /// The deployment waits in the queue for at most this time.
  case wait(Interval)
  /// The deployment waits in the queue for at most this time. It also ends other waiting deployments with the same recipe, group and hosts,
  /// if they use `supersede` too.
  case supersede(Interval)

  /// The longest time that the deployment waits in the queue, or nil if it does not wait.
  package var bound: Interval? {
    switch self {
    case .fail: nil
    case .wait(let bound), .supersede(let bound): bound
    }
  }

  var manner: Ticket.Manner { if case .supersede = self { .supersede } else { .wait } }

  /// The longest wait if the user does not give a time.
  package static let usual = Interval.minutes(60)

  /// Reads `fail`, `wait` or `supersede`. The last two can have a time from 1 s to 7 days, such as `wait=30m`. The result is nil for any
  /// other text.
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
