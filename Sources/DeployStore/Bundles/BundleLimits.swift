/// The limits of a bundle; a larger one is refused. An archive of some kilobytes can unpack to petabytes.
package struct BundleLimits: Sendable, Hashable {
  package var items: Int
  /// Bytes of all files together.
  package var bytes: Int
  /// Bytes of one file.
  package var file: Int
  /// Unpacked bytes per packed byte, checked once more than `ratioFrom` bytes are unpacked.
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
