package import DeployModel

/// Reads releases that hosts keep and whose bundles this machine lacks. Nothing changes on hosts.
package protocol ReleaseReader: Sendable {
  /// Returns the host's copy of the manifest of a release. The caller has to check the manifest's digest.
  /// - Throws: kind `missing` if the host does not have the release. Kind `corrupt` if the release contains a file that is not in the
  ///   manifest, or anything other than files, folders and links.
  func manifest(of release: Release.ID, on host: Host, at path: String) async throws(Failure) -> Manifest
  /// Returns parts of files of a release, in the requested order. The caller has to check the files against the manifest.
  /// - Throws: kind `corrupt` if a file is missing, too short or unreadable.
  func read(_ parts: [BundlePart], of release: Release.ID, on host: Host, at path: String) async throws(Failure) -> [[UInt8]]
}

/// A `ReleaseReader` that cannot read any release.
package struct NoReleases: ReleaseReader {
  package init() {}
  package func manifest(of release: Release.ID, on host: Host, at path: String) async throws(Failure) -> Manifest {
    throw Failure(.missing, "releases of this host cannot be read")
  }
  package func read(_ parts: [BundlePart], of release: Release.ID, on host: Host, at path: String) async throws(Failure) -> [[UInt8]] {
    throw Failure(.missing, "releases of this host cannot be read")
  }
}
