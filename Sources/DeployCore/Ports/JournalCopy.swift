package import DeployModel

/// A journal on its way.
package struct JournalCopy: Sendable, Hashable {
  /// Compressed.
  package var bytes: [UInt8]
  /// Of what is compressed.
  package var digest: Digest

  package init(bytes: [UInt8], digest: Digest) {
    self.bytes = bytes
    self.digest = digest
  }
}
