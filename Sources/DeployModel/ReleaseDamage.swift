/// The damage of a release's folder on a host, as far as it can be seen without reading the files.
package struct ReleaseDamage: Sendable, Hashable, Codable {
  package enum Kind: Sendable, Hashable, Codable {
    /// The folder does not exist.
    case gone
    /// The folder exists, but its manifest does not.
    case unlisted
    /// Entries of the release are missing: their number, and the number of entries at the end of the release's deployment.
    case lacking(Int, of: Int)
  }
  package var release: Release.ID
  package var kind: Kind
  package init(_ release: Release.ID, _ kind: Kind) {
    self.release = release
    self.kind = kind
  }

  /// The damage as the end of a sentence that names the release.
  package var words: String {
    switch kind {
    case .gone: "its folder is gone"
    case .unlisted: "its manifest is gone"
    case .lacking(let count, let total): "\(count) of its \(total) entries \(count == 1 ? "is" : "are") missing"
    }
  }
}
