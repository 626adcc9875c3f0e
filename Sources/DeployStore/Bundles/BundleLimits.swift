/// The limits of a bundle. A bundle that exceeds them is refused, because an archive of a few kilobytes can unpack to petabytes.
package struct BundleLimits: Sendable, Hashable {
  package var items: Int
  /// The limit for the total size of all files, in bytes.
  package var bytes: Int
  /// The limit for the size of one file, in bytes.
  package var file: Int
  /// The largest number of unpacked bytes for each packed byte. This limit applies once more than `ratioFrom` bytes have been unpacked.
  package var ratio: Int
  package var ratioFrom: Int

  package init(
    items: Int = 200_000, bytes: Int = 20 << 30, file: Int = 8 << 30, ratio: Int = 250, ratioFrom: Int = 64 << 20
  ) {
    self.items = items
    self.bytes = bytes
    self.file = file
    self.ratio = ratio
    self.ratioFrom = ratioFrom
  }
}
