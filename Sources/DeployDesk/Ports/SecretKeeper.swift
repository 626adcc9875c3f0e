package import DeployModel

/// Knows which secrets can be had, and keeps their values out of everything that is shown.
package protocol SecretKeeper: Sendable {
  /// A problem for each of these that cannot be had, with its name as the subject.
  func missing(of names: [String]) async -> [Problem]
  /// Looks for the values of these in everything that comes back from now on.
  /// - Throws: if one cannot be had, or is too short to be kept out of output.
  func expect(_ names: [String]) async throws(Failure)
}
