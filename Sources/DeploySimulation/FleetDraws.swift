package import DeployModel

/// What chance decides for each host of a fleet in one run: how long the change of the host takes, and how it ends. The decision depends
/// only on the seed, the run and the host's number, so all strategies meet the same hosts.
package struct FleetDraws: Sendable {
  package enum End: Sendable, Hashable {
    case good
    /// The release fails when it starts.
    case bad
    /// The release starts, but every check fails.
    case unhealthy
    /// The connection to the host breaks once.
    case brokenOnce
    /// The connection to the host breaks at every try.
    case broken
    case unreachable
  }

  /// The draw for one host.
  package struct Draw: Sendable, Hashable {
    /// How long the change to the new release takes.
    package var duration: Interval
    package var end: End
    /// The time from when the host gets the release until it becomes unhealthy, or nil if it stays healthy.
    package var leak: Interval?
  }

  /// The draws, by host number.
  package let hosts: [Draw]

  /// - Parameters:
  ///   - count: the number of hosts.
  ///   - pace: the median of the durations. The slowest hosts take twice as long, and the quickest hosts take half as long.
  package init(_ count: Int, _ faults: FleetFaults, seed: UInt64, run: Int, pace: Interval) {
    var mixed = SeededRandom(seed: UInt64(run) &* 0xd6e8_feb8_6659_fd93)
    var random = SeededRandom(seed: seed ^ mixed.next())
    hosts = (0..<count).map { _ in Self.draw(faults, pace, random.next(), random.next(), random.next()) }
  }

  private static func draw(_ faults: FleetFaults, _ pace: Interval, _ a: UInt64, _ b: UInt64, _ c: UInt64) -> Draw {
    // Two uniform numbers give a triangular distribution from -1 to 1, which stands for half to twice the pace.
    let (first, second) = (share(a >> 32), share(a & 0xffff_ffff))
    let skew = first + second - 1
    var duration = Double(pace.milliseconds) * (skew < 0 ? 1 / (1 - skew) : 1 + skew)
    if share(c & 0xffff_ffff) < faults.slow { duration *= 20 }
    let (release, way) = (share(b >> 32), share(b & 0xffff_ffff))
    let end: End =
      if way < faults.unreachable {
        .unreachable
      } else if way < faults.unreachable + faults.flaky {
        share(c >> 32) < faults.transient ? .brokenOnce : .broken
      } else if release < faults.bad {
        .bad
      } else if release < faults.bad + faults.unhealthy {
        .unhealthy
      } else {
        .good
      }
    let leak = faults.leak.map { Interval(milliseconds: Int(Double($0.milliseconds) * (0.9 + 0.2 * second))) }
    return Draw(duration: Interval(milliseconds: max(1, Int(duration))), end: end, leak: leak)
  }

  private static func share(_ half: UInt64) -> Double { Double(half) / 4_294_967_296 }
}
