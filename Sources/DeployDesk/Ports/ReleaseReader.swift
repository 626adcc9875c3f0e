package import DeployModel

/// Reads releases that hosts keep, if their bundles are gone from this machine. Changes nothing on hosts.
package protocol ReleaseReader: Sendable {
  /// The manifest of a release, as the host remembers it. The caller has to compare its digest.
  /// - Throws: kind `missing` if the host does not keep the release, `corrupt` if the release has another file or something that is not a
  ///   file.
  func manifest(of release: Release.ID, on host: Host, at path: String) async throws(Failure) -> Manifest
  /// Parts of files of a release, in the requested order. The caller has to compare them with the manifest.
  /// - Throws: kind `corrupt` if a file is gone, too short, or cannot be read.
  func read(_ parts: [BundlePart], of release: Release.ID, on host: Host, at path: String) async throws(Failure) -> [[UInt8]]
}

/// A reader for places where no release of a host can be read.
package struct NoReleases: ReleaseReader {
  package init() {}
  package func manifest(of release: Release.ID, on host: Host, at path: String) async throws(Failure) -> Manifest {
    throw Failure(.missing, "releases of this host cannot be read")
  }
  package func read(_ parts: [BundlePart], of release: Release.ID, on host: Host, at path: String) async throws(Failure) -> [[UInt8]] {
    throw Failure(.missing, "releases of this host cannot be read")
  }
}
