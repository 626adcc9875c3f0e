/// A commit of version control, as far as it is known.
package struct Commit: Sendable, Hashable, Codable {
  /// All hexadecimal digits of the commit: 40, or 64.
  package var id: String
  /// The branch; nil: the commit was checked out without a branch, and none was named.
  package var branch: String?
  package var tag: String?
  /// The first line of its message.
  package var subject: String?
  /// When it was made; nil: unknown.
  package var at: Timestamp?
  /// Whether tracked files have changed since; nil: unknown.
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

  /// As people write it: `3f2a91c`.
  package var short: String { String(id.prefix(7)) }

  /// Whether a text is the whole name of a commit.
  package static func isWhole(_ text: String) -> Bool {
    [40, 64].contains(text.utf8.count) && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
  }
}

/// The commits between the hosts' old commit and the new one.
package struct CommitRange: Sendable, Hashable, Codable {
  /// One of these commits.
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
  /// The commit that hosts ran.
  package var from: String
  /// Number of commits, at most `counted`. If the deployment goes back to an older commit: 0, and `isBack`.
  package var total: Int
  /// The newest commits, the newest first, at most `listed`.
  package var newest: [Line]
  /// Whether the new revision lacks commits that hosts ran.
  package var isBack: Bool

  package static let (listed, counted) = (50, 1000)

  package init(from: String, total: Int, newest: [Line], isBack: Bool = false) {
    self.from = from
    self.total = total
    self.newest = newest
    self.isBack = isBack
  }
}
