/// What was removed from the store when it was pruned.
package struct Pruned: Sendable, Hashable {
  package var bundles: [StoredBundle]
  /// The number of removed files, including contents and archives.
  package var files: Int
  /// The number of bytes of disk space that became free.
  package var bytes: Int

  package init(bundles: [StoredBundle], files: Int, bytes: Int) {
    self.bundles = bundles
    self.files = files
    self.bytes = bytes
  }
}
