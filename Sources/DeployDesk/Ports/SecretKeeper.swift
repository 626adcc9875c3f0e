package import DeployModel

/// Knows which secrets are available, and hides their values in all output.
package protocol SecretKeeper: Sendable {
  /// Returns a problem for each of these secrets that is not available. The problem's subject is the secret's name.
  func missing(of names: [String]) async -> [Problem]
  /// Hides the values of these secrets in all output from now on.
  /// - Throws: if a secret is not available, or is too short to be hidden.
  func expect(_ names: [String]) async throws(Failure)
}
