package import DeployCore
package import DeployModel

/// The bundles of this machine, as lists, checks and pruning need them.
package protocol BundleShelf: BundleStore {
  /// The release on hosts that a bundle with these shared paths makes.
  func release(of bundle: Digest, shared: [String]) -> Release
  /// All bundles, the newest first.
  func list() throws(Failure) -> [StoredBundle]
  /// What a bundle is and contains, by the beginning of its digest.
  /// - Throws: a problem with the nearest name if no bundle matches, or with all names if several do.
  func inspect(_ prefix: String) throws(Problems) -> (stored: StoredBundle, manifest: Manifest)
  /// Takes in a bundle that was built elsewhere. What the store has already is not asked for.
  /// - Parameters:
  ///   - manifest: what it holds, not believed before its digest is the bundle's.
  ///   - source: where it comes from, for lists.
  ///   - read: gives parts of its files, in the order in which they are asked for: at most 256 parts and 4 MiB at once. Each file is
  ///     compared with its digest.
  /// - Throws: `corrupt` if something that came is not what it should be; what came before stays.
  func take(
    _ bundle: Digest, _ manifest: Manifest, from source: String,
    reading read: @escaping @Sendable ([BundlePart]) async throws(Failure) -> [[UInt8]]
  ) async throws(Failure)
  /// Reads every file of one bundle, or of all (nil), again.
  /// - Returns: what has changed since it was stored; empty: all is whole.
  func verify(_ bundle: Digest?) async throws(Failure) -> [Problem]
  /// Removes all bundles but the newest `keep` and those in use.
  func prune(keep: Int, inUse: [Digest]) async throws(Failure) -> Pruned
}
