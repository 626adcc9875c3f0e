package import DeployModel

/// Bytes that can be read from anywhere, such as a file.
package protocol ByteSource: Sendable {
  /// Fills the buffer with the bytes from `start` on. Bytes that can no longer be read become zeros: the receiver compares the bytes with
  /// a digest.
  func read(from start: Int, into buffer: UnsafeMutableRawBufferPointer)
}

/// A whole bundle as one tar.
package protocol BundleTar: ByteSource {
  /// Its size in bytes.
  var size: Int { get }
  /// The SHA-256 of all its bytes.
  var digest: Digest { get }
}
