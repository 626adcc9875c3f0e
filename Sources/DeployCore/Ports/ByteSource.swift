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
  /// The SHA-256 of the archive.
  var digest: Digest { get }
}
