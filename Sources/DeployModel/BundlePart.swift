/// A part of one file of a bundle.
package struct BundlePart: Sendable, Hashable {
  /// The file's path in the bundle.
  package var path: String
  /// The offset of the part in the file, in bytes.
  package var offset: Int
  /// The length of the part in bytes, at least 1.
  package var count: Int
  package init(path: String, offset: Int, count: Int) {
    self.path = path
    self.offset = offset
    self.count = count
  }
}
