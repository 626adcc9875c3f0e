package import DeployModel

/// A journal in the form in which it is sent to another machine.
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
