/// What pruning the store took away.
package struct Pruned: Sendable, Hashable {
  package var bundles: [StoredBundle]
  /// Number of files, contents and archives included.
  package var files: Int
  /// Bytes of the disk that are free again.
  package var bytes: Int

  package init(bundles: [StoredBundle], files: Int, bytes: Int) {
    self.bundles = bundles
    self.files = files
    self.bytes = bytes
  }
}
