package import DeployModel

/// Knows which secrets are available, and keeps their values out of everything that is shown.
package protocol SecretKeeper: Sendable {
  /// A problem for each of these secrets that is not available, with the secret's name as the subject.
  func missing(of names: [String]) async -> [Problem]
  /// From now on hides the values of these secrets in all output.
  /// - Throws: if a secret is not available, or is too short to be hidden.
  func expect(_ names: [String]) async throws(Failure)
}
