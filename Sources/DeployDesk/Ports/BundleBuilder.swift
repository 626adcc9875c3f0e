package import DeployModel

/// Builds bundles: runs the build command or git on this machine, and packs the result.
package protocol BundleBuilder: Sendable {
  /// Builds the bundle of a revision.
  /// - Parameters:
  ///   - project: the working directory of the build. The revision's paths are relative to it.
  ///   - output: called with the output of the build command, as it is written.
  /// - Throws: an error that lists all problems of the revision, each with its path.
  func build(
    _ revision: Revision, in project: String, output: @escaping @Sendable (OutputChunk) -> Void
  ) async throws(Problems) -> BuiltBundle
}
