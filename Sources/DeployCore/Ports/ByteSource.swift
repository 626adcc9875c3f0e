package import DeployModel

/// Bytes that can be read from any offset, such as those of a file.
package protocol ByteSource: Sendable {
  /// Fills the buffer with the bytes from `start` on. Bytes that can no longer be read become zeros. The receiver notices the change,
  /// because it compares the bytes with a digest.
  func read(from start: Int, into buffer: UnsafeMutableRawBufferPointer)
}

/// A whole bundle as one tar archive.
package protocol BundleTar: ByteSource {
  /// The size of the archive in bytes.
  var size: Int { get }
  /// A name for the bytes of the archive: archives with equal names have equal bytes. It consists of letters, digits and `-`. If it has
  /// no `-`, it is the SHA-256 of the bytes, in hex.
  var name: String { get }
  /// Reads the whole archive once. - Throws: `missing` or `corrupt` if its contents are not those that were stored.
  func verify() throws(Failure)
}
