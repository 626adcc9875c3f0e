package import DeployModel

/// What a deployment in the queue is waiting for.
package struct LineStanding: Sendable, Hashable {
  /// The host on which another deployment comes first.
  package var host: String
  /// The lock of the host, or nil if the host is not locked but other deployments come first.
  package var holder: Lock?
  /// What the deployment with the lock is waiting for a person to answer, or nil if the host does not know that.
  package var awaited: Awaited?
  /// The deployments that get the lock before this one, in order.
  package var ahead: [LinePlace.Other]
  package var now: Timestamp
  /// When the deployment stops waiting.
  package var until: Timestamp

  /// Whether this value says the same to a person as the other value.
  func saysTheSame(as other: LineStanding) -> Bool {
    host == other.host && holder?.deployment == other.holder?.deployment && awaited == other.awaited && ahead == other.ahead
  }

  /// What the deployment is waiting for. It completes the phrase "waited for …".
  var obstacle: String {
    func since(_ time: Timestamp) -> Interval { Interval(milliseconds: max(0, (now - time).milliseconds)) }
    if let holder {
      return "deployment \(holder.deployment) of \(holder.owner), which has had the lock of \(host) for \(since(holder.since)): "
        + holder.purpose
    }
    guard let first = ahead.first else { return host }
    let others = ahead.count > 1 ? " and \((ahead.count - 1).of("other"))" : ""
    return "\(first.owner)\(others) in the queue on \(host), waiting for \(since(first.since)): \(first.purpose)"
  }

  /// What a person can do.
  var fix: String {
    guard let holder else { return "lander status shows what has the hosts; --on-busy wait=TIME waits longer" }
    return "lander status --deployment \(holder.deployment) shows how far it is, if it was started here; "
      + "lander cancel \(holder.deployment) ends it\n--on-busy wait=TIME waits longer; "
      + "--urgent --reason TEXT ends it while it waits at a gate"
  }
}
