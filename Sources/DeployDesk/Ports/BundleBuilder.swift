package import DeployModel

/// Makes bundles: runs the build command or git on this machine, and packs the result.
package protocol BundleBuilder: Sendable {
  /// - Parameters:
  ///   - project: the folder that the revision's paths are relative to, and that the build runs in.
  ///   - output: called with what the build command writes, as it comes.
  /// - Throws: everything that is wrong with the revision, at once, each problem with its path.
  func build(
    _ revision: Revision, in project: String, output: @escaping @Sendable (OutputChunk) -> Void
  ) async throws(Problems) -> BuiltBundle
}
