package import DeployCore
package import DeployModel

/// The bundles in this machine's store. Callers can list, check and prune them.
package protocol BundleShelf: BundleStore {
  /// Returns the release that hosts get from a bundle with these shared paths.
  func release(of bundle: Digest, shared: [String]) -> Release
  /// Returns all bundles, newest first.
  func list() throws(Failure) -> [StoredBundle]
  /// Returns the bundle whose digest begins with this prefix, with its manifest.
  /// - Throws: a problem. If no bundle matches, the problem shows the most similar digest. If several match, it shows all of them.
  func inspect(_ prefix: String) throws(Problems) -> (stored: StoredBundle, manifest: Manifest)
  /// Adds a bundle that was built elsewhere. Files that the store already has are not read.
  /// - Parameters:
  ///   - manifest: the bundle's manifest. It is not trusted until its digest has been checked.
  ///   - source: where the bundle comes from, as lists show it.
  ///   - read: returns parts of the bundle's files, in the requested order. One call returns at most 256 parts and 4 MiB. The content of
  ///     each file is checked against its digest.
  /// - Throws: `corrupt` if a file differs from the manifest. The files that were added before it stay in the store.
  func take(
    _ bundle: Digest, _ manifest: Manifest, from source: String,
    reading read: @escaping @Sendable ([BundlePart]) async throws(Failure) -> [[UInt8]]
  ) async throws(Failure)
  /// Checks every file of one bundle, or of all bundles if `bundle` is nil, against the file's digest.
  /// - Returns: a problem for each thing that has changed since the bundles were stored.
  func verify(_ bundle: Digest?) async throws(Failure) -> [Problem]
  /// Removes all bundles except the newest `keep` bundles and those in use.
  func prune(keep: Int, inUse: [Digest]) async throws(Failure) -> Pruned
}
