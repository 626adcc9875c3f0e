package import DeployModel

/// A journal in the form in which another machine gets it.
package struct JournalCopy: Sendable, Hashable {
  /// The compressed journal.
  package var bytes: [UInt8]
  /// The digest of the uncompressed journal.
  package var digest: Digest

  package init(bytes: [UInt8], digest: Digest) {
    self.bytes = bytes
    self.digest = digest
  }
}
