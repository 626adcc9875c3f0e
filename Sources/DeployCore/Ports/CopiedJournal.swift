package import DeployModel

/// The contents of a journal that was copied from another machine.
package struct CopiedJournal: Sendable, Hashable, Codable {
  package var entries: [Entry]
  /// The sources of each of the plan's recipes, by the recipe's index.
  package var sources: [[SourceFile]]
  /// The digest of the uncompressed journal that was read.
  package var digest: Digest

  package init(entries: [Entry], sources: [[SourceFile]], digest: Digest = Digest(hex: "")) {
    self.entries = entries
    self.sources = sources
    self.digest = digest
  }
}
