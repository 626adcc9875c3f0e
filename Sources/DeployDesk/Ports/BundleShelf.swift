package import DeployCore
package import DeployModel

/// The bundles in this machine's store, for lists, checks and pruning.
package protocol BundleShelf: BundleStore {
  /// Returns the release that hosts get from a bundle with these shared paths.
  func release(of bundle: Digest, shared: [String]) -> Release
  /// Returns all bundles, newest first.
  func list() throws(Failure) -> [StoredBundle]
  /// Returns the bundle whose digest begins with this text, with its manifest.
  /// - Throws: a problem with the most similar digest if no bundle matches, or with all digests if several do.
  func inspect(_ prefix: String) throws(Problems) -> (stored: StoredBundle, manifest: Manifest)
  /// Adds a bundle that was built elsewhere. Files that the store already has are not read.
  /// - Parameters:
  ///   - manifest: the bundle's manifest, which is not trusted until its digest has been compared.
  ///   - source: where the bundle comes from, for lists.
  ///   - read: returns parts of the bundle's files, in the requested order: at most 256 parts and 4 MiB in one call. The content of each
  ///     file is compared with its digest.
  /// - Throws: `corrupt` if a file differs from the manifest. Earlier files stay in the store.
  func take(
    _ bundle: Digest, _ manifest: Manifest, from source: String,
    reading read: @escaping @Sendable ([BundlePart]) async throws(Failure) -> [[UInt8]]
  ) async throws(Failure)
  /// Compares every file of one bundle, or of all bundles if the digest is nil, with its digest.
  /// - Returns: what has changed since the bundles were stored, or empty if there is nothing.
  func verify(_ bundle: Digest?) async throws(Failure) -> [Problem]
  /// Removes all bundles except the newest `keep` and those in use.
  func prune(keep: Int, inUse: [Digest]) async throws(Failure) -> Pruned
}
