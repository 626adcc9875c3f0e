package import DeployModel

/// What a copy holds.
package struct CopiedJournal: Sendable, Hashable, Codable {
  package var entries: [Entry]
  /// Of each of the plan's recipes, by index.
  package var sources: [[SourceFile]]
  /// Of the bytes that were read.
  package var digest: Digest

  package init(entries: [Entry], sources: [[SourceFile]], digest: Digest = Digest(hex: "")) {
    self.entries = entries
    self.sources = sources
    self.digest = digest
  }
}
