package import DeployModel

/// Reads releases that hosts keep, for whoever has their bundles no more. Changes nothing there.
package protocol ReleaseReader: Sendable {
  /// What a release holds, as the host remembers it: its digest has to be compared.
  /// - Throws: kind `missing` if the host does not keep it, `corrupt` if something that is no file, or another one, stands in it.
  func manifest(of release: Release.ID, on host: Host, at path: String) async throws(Failure) -> Manifest
  /// Parts of files of a release, in the order in which they are asked for. What comes has to be compared with the manifest.
  /// - Throws: kind `corrupt` if a file is not there any more, shorter, or not to be read.
  func read(_ parts: [BundlePart], of release: Release.ID, on host: Host, at path: String) async throws(Failure) -> [[UInt8]]
}

/// Where no release of a host can be read.
package struct NoReleases: ReleaseReader {
  package init() {}
  package func manifest(of release: Release.ID, on host: Host, at path: String) async throws(Failure) -> Manifest {
    throw Failure(.missing, "releases of this host cannot be read")
  }
  package func read(_ parts: [BundlePart], of release: Release.ID, on host: Host, at path: String) async throws(Failure) -> [[UInt8]] {
    throw Failure(.missing, "releases of this host cannot be read")
  }
}
