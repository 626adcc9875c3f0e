/// The damage of a release's folder on a host, as far as it shows without reading a file.
package struct ReleaseDamage: Sendable, Hashable, Codable {
  package enum Kind: Sendable, Hashable, Codable {
    /// The folder is not there.
    case gone
    /// The folder is there, but its manifest is not.
    case unlisted
    /// This many of the entries at the end of its deployment are missing.
    case lacking(Int, of: Int)
  }
  package var release: Release.ID
  package var kind: Kind
  package init(_ release: Release.ID, _ kind: Kind) {
    self.release = release
    self.kind = kind
  }

  /// As the end of a sentence that names the release.
  package var words: String {
    switch kind {
    case .gone: "its folder is gone"
    case .unlisted: "its manifest is gone"
    case .lacking(let count, let total): "\(count) of its \(total) entries \(count == 1 ? "is" : "are") missing"
    }
  }
}
