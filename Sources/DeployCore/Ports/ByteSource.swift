package import DeployModel

/// Bytes that can be read from anywhere, such as a file.
package protocol ByteSource: Sendable {
  /// Fills the buffer with the bytes from `start` on. What cannot be read any more comes as zeros: whoever gets the bytes compares them
  /// with a digest.
  func read(from start: Int, into buffer: UnsafeMutableRawBufferPointer)
}

/// A whole bundle as one tar.
package protocol BundleTar: ByteSource {
  /// Bytes.
  var size: Int { get }
  /// SHA-256 of all of them.
  var digest: Digest { get }
}
