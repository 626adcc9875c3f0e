/// A commit of a version control system. Unknown properties are nil.
package struct Commit: Sendable, Hashable, Codable {
  /// The full hash: 40 or 64 lower-case hexadecimal digits.
  package var id: String
  /// The branch, or nil if the commit was checked out without a branch and the caller named none.
  package var branch: String?
  package var tag: String?
  /// The first line of the commit message, or nil if unknown.
  package var subject: String?
  /// When the commit was made, or nil if unknown.
  package var at: Timestamp?
  /// Whether tracked files differ from the commit, or nil if unknown.
  package var isDirty: Bool?

  package init(
    id: String, branch: String? = nil, tag: String? = nil, subject: String? = nil, at: Timestamp? = nil, isDirty: Bool? = nil
  ) {
    self.id = id
    self.branch = branch
    self.tag = tag
    self.subject = subject
    self.at = at
    self.isDirty = isDirty
  }

  /// The first seven digits of the hash, as people write them: `3f2a91c`.
  package var short: String { String(id.prefix(7)) }

  /// Whether a string is the full hash of a commit: 40 or 64 lower-case hexadecimal digits.
  package static func isWhole(_ text: String) -> Bool {
    [40, 64].contains(text.utf8.count) && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
  }
}

/// The commits between the hosts' old commit and the new commit.
package struct CommitRange: Sendable, Hashable, Codable {
  /// One commit of the range.
  package struct Line: Sendable, Hashable, Codable {
    package var id: String
    package var author: String
    package var subject: String
    package init(id: String, author: String, subject: String) {
      self.id = id
      self.author = author
      self.subject = subject
    }
  }
  /// The commit that the hosts ran before.
  package var from: String
  /// The number of commits, at most `counted`, or 0 if the deployment goes back to an older commit.
  package var total: Int
  /// The newest commits, newest first, at most `listed`.
  package var newest: [Line]
  /// Whether the new revision lacks commits that the hosts ran before.
  package var isBack: Bool

  package static let (listed, counted) = (50, 1000)

  package init(from: String, total: Int, newest: [Line], isBack: Bool = false) {
    self.from = from
    self.total = total
    self.newest = newest
    self.isBack = isBack
  }
}
