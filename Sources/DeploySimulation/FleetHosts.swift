import DeployCore
import DeployModel

/// The state of a simulated fleet. The run and the drawn measurements share it.
final class FleetHosts {
  let draws: [FleetDraws.Draw]
  var now: Timestamp
  /// When each host got the release, by host number, or nil if the host does not have it.
  var gotAt: [Timestamp?]

  init(_ draws: FleetDraws, at now: Timestamp) {
    self.draws = draws.hosts
    self.now = now
    gotAt = Array(repeating: nil, count: draws.hosts.count)
  }

  func hasRelease(_ host: Int) -> Bool { gotAt[host].map { $0 <= now } ?? false }

  /// Returns whether the checks of a host fail now.
  func isIll(_ host: Int) -> Bool {
    guard let got = gotAt[host], got <= now else { return false }
    return draws[host].end == .unhealthy || draws[host].leak.map { got + $0 <= now } ?? false
  }
}
