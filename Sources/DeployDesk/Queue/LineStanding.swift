package import DeployModel

/// For whom a deployment waits that stands in line.
package struct LineStanding: Sendable, Hashable {
  /// The host on which somebody is in the way.
  package var host: String
  /// Who has its lock; nil: nobody, and others come first.
  package var holder: Lock?
  /// What the holder waits for from people; nil: the host was not told.
  package var awaited: Awaited?
  /// Those that come first, in their order.
  package var ahead: [LinePlace.Other]
  package var now: Timestamp
  /// When it stops waiting.
  package var until: Timestamp

  /// Whether a person who reads both learns nothing new from the second.
  func saysTheSame(as other: LineStanding) -> Bool {
    host == other.host && holder?.deployment == other.holder?.deployment && awaited == other.awaited && ahead == other.ahead
  }

  /// For whom, as the end of "waited for …".
  var obstacle: String {
    func since(_ time: Timestamp) -> Interval { Interval(milliseconds: max(0, (now - time).milliseconds)) }
    if let holder {
      return "deployment \(holder.deployment) of \(holder.owner), which has had the lock of \(host) for \(since(holder.since)): "
        + holder.purpose
    }
    guard let first = ahead.first else { return host }
    let others = ahead.count > 1 ? " and \((ahead.count - 1).of("other"))" : ""
    return "\(first.owner)\(others) in line on \(host), waiting for \(since(first.since)): \(first.purpose)"
  }

  /// What to do about it.
  var fix: String {
    guard let holder else { return "lander status shows what has the hosts; --on-busy wait=TIME waits longer" }
    return "lander status --deployment \(holder.deployment) shows how far it is, if it was started here; "
      + "lander cancel \(holder.deployment) ends it\n--on-busy wait=TIME waits longer; "
      + "--urgent --reason TEXT ends it while it waits at a gate"
  }
}
