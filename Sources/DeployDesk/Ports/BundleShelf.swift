package import DeployCore
package import DeployModel

/// The bundles of this machine, for lists, checks and pruning.
package protocol BundleShelf: BundleStore {
  /// The release that a bundle with these shared paths makes on hosts.
  func release(of bundle: Digest, shared: [String]) -> Release
  /// All bundles, the newest first.
  func list() throws(Failure) -> [StoredBundle]
  /// What a bundle is and contains, by the beginning of its digest.
  /// - Throws: a problem with the nearest name if no bundle matches, or with all names if several do.
  func inspect(_ prefix: String) throws(Problems) -> (stored: StoredBundle, manifest: Manifest)
  /// Adds a bundle that was built elsewhere. Files that the store has already are not asked for.
  /// - Parameters:
  ///   - manifest: the bundle's manifest, which is not trusted until its digest is checked.
  ///   - source: where the bundle comes from, for lists.
  ///   - read: gives parts of the bundle's files, in the requested order: at most 256 parts and 4 MiB at once. Each file is compared with
  ///     its digest.
  /// - Throws: `corrupt` if a part differs from the manifest; earlier files stay in the store.
  func take(
    _ bundle: Digest, _ manifest: Manifest, from source: String,
    reading read: @escaping @Sendable ([BundlePart]) async throws(Failure) -> [[UInt8]]
  ) async throws(Failure)
  /// Reads every file of one bundle, or of all (nil), and compares it with its digest.
  /// - Returns: what has changed since the bundles were stored; empty: nothing.
  func verify(_ bundle: Digest?) async throws(Failure) -> [Problem]
  /// Removes all bundles but the newest `keep` and those in use.
  func prune(keep: Int, inUse: [Digest]) async throws(Failure) -> Pruned
}
