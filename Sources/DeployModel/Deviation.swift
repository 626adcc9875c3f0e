/// A difference between one entry of a release on a host and the release's manifest.
package struct Deviation: Sendable, Hashable, Codable {
  package enum Kind: Sendable, Hashable, Codable {
    case missing
    /// The entry is of another kind, such as a folder instead of a file.
    case kind(wanted: String)
    case content
    /// The permission bits differ.
    case mode(Int, wanted: Int)
    /// The owner differs from the owner that the host recorded at the end of the deployment.
    case owner(Owner, wanted: Owner)
    /// The entry is a link to another target.
    case target
    /// The manifest lacks the entry: a hook, the application or a person created it.
    case extra
  }
  package var path: String
  package var kind: Kind
  package init(_ path: String, _ kind: Kind) {
    self.path = path
    self.kind = kind
  }

  /// The deviation as the end of a sentence that begins with the path.
  package var words: String {
    switch kind {
    case .missing: "is missing"
    case .kind(let wanted): "is no \(wanted) any more"
    case .content: "has another content"
    case .mode(let mode, let wanted): "has the mode \(String(mode, radix: 8)), should have \(String(wanted, radix: 8))"
    case .owner(let owner, let wanted):
      "belongs to \(owner.user):\(owner.group), and belonged to \(wanted.user):\(wanted.group) at the end of its deployment"
    case .target: "is a link to somewhere else"
    case .extra: "was not delivered"
    }
  }
}

/// The result of comparing a host's current release with its manifest.
package struct Verification: Sendable, Hashable, Codable {
  package var release: Release.ID
  package var bundle: Digest
  /// The number of entries that were compared.
  package var entries: Int
  package var deviations: [Deviation]
  package init(release: Release.ID, bundle: Digest, entries: Int, deviations: [Deviation]) {
    self.release = release
    self.bundle = bundle
    self.entries = entries
    self.deviations = deviations
  }

  /// The deviations of entries that the manifest lists. Extra entries do not count.
  package var differing: [Deviation] { deviations.filter { $0.kind != .extra } }
}
