/// The minimum number of healthy hosts, as a CodeDeploy deployment configuration states it.
package enum MinimumHealthy: Sendable, Hashable, Codable {
  /// `OneAtATime`: all hosts except one. For a single host, the minimum is 0, but the host has to succeed.
  case allButOne
  /// `HOST_COUNT` or `FLEET_PERCENT`. A share is rounded up.
  case amount(Amount)

  /// Returns the minimum for a deployment to `total` hosts. It stays fixed during the deployment.
  package func of(_ total: Int) -> Int {
    switch self {
    case .allButOne: max(0, total - 1)
    case .amount(let amount): amount.atLeast(of: total)
    }
  }
}
