package import DeployModel

/// Knows which secrets are available, and keeps their values out of everything that is shown.
package protocol SecretKeeper: Sendable {
  /// A problem for each of these that is not available, with its name as the subject.
  func missing(of names: [String]) async -> [Problem]
  /// From now on looks for the values of these in everything that comes back.
  /// - Throws: if one is not available, or is too short to be kept out of output.
  func expect(_ names: [String]) async throws(Failure)
}
