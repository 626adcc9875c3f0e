/// One entry of a release on a host that is not as its manifest says.
package struct Deviation: Sendable, Hashable, Codable {
  package enum Kind: Sendable, Hashable, Codable {
    case missing
    /// The entry is of another kind: a folder instead of a file, a link instead of a folder.
    case kind(wanted: String)
    case content
    /// Permission bits.
    case mode(Int, wanted: Int)
    /// The owner differs from the owner at the end of the deployment.
    case owner(Owner, wanted: Owner)
    /// A link leads somewhere else.
    case target
    /// The entry was not delivered: a hook, the application or a person put it there.
    case extra
  }
  package var path: String
  package var kind: Kind
  package init(_ path: String, _ kind: Kind) {
    self.path = path
    self.kind = kind
  }

  /// The deviation in a few words, after the path.
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

/// What a comparison of a host's current release with its manifest found.
package struct Verification: Sendable, Hashable, Codable {
  package var release: Release.ID
  package var bundle: Digest
  /// Entries that were compared.
  package var entries: Int
  package var deviations: [Deviation]
  package init(release: Release.ID, bundle: Digest, entries: Int, deviations: [Deviation]) {
    self.release = release
    self.bundle = bundle
    self.entries = entries
    self.deviations = deviations
  }

  /// The delivered entries that have changed since; extra entries do not count.
  package var differing: [Deviation] { deviations.filter { $0.kind != .extra } }
}
