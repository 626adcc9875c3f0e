/// The minimum of healthy hosts that a CodeDeploy deployment configuration names.
package enum MinimumHealthy: Sendable, Hashable, Codable {
  /// `OneAtATime`: all hosts but one. Of a single host none, but that one has to succeed.
  case allButOne
  /// `HOST_COUNT` or `FLEET_PERCENT`; a share rounds up.
  case amount(Amount)

  /// The number of hosts, fixed when a deployment to `total` hosts begins.
  package func of(_ total: Int) -> Int {
    switch self {
    case .allButOne: max(0, total - 1)
    case .amount(let amount): amount.atLeast(of: total)
    }
  }
}
