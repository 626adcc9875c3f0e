/// The `acls` of a permission: entries of a POSIX ACL, which are set in addition to the mode.
package struct AccessControlList: Sendable, Hashable {
  package struct Entry: Sendable, Hashable {
    package enum Kind: String, Sendable, Hashable { case user, group, mask, other }
    package var isDefault: Bool
    package var kind: Kind
    /// The name of a user or group, or empty for the owner or group of the object itself.
    package var name: String
    /// The rights, written with the characters `rwx-` or as one octal digit.
    package var rights: String

    /// The entry as `setfacl` reads it.
    package var text: String { "\(isDefault ? "default:" : "")\(kind.rawValue):\(name):\(rights)" }
  }
  package var entries: [Entry]
  package var line: Int

  package init(entries: [Entry], line: Int = 1) {
    self.entries = entries
    self.line = line
  }

  package var hasDefault: Bool { entries.contains(where: \.isDefault) }

  init(_ node: SpecNode) throws(SpecProblem) {
    guard case .list(let list) = node.content else {
      throw SpecProblem(.structure, "acls is \(node.named) where a list belongs", line: node.line)
    }
    line = node.line
    entries = []
    for item in list { entries.append(try Entry(item.scalar?.printed ?? "", line: item.line)) }
  }
}

extension AccessControlList.Entry {
  /// Reads `[default:][user|group|mask|other:][name]:perms`. The first words can be shortened to one letter. If an entry has only two
  /// parts, they are a user and the rights.
  /// - Throws: category `permission-acl`.
  init(_ text: String, line: Int) throws(SpecProblem) {
    func wrong(_ why: String, fix: String? = nil) -> SpecProblem {
      SpecProblem(.acl, "there is a problem with the acls permission settings: \(text): \(why)", line: line, fix: fix)
    }
    var parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    guard (2...4).contains(parts.count), let rights = parts.popLast() else {
      throw wrong("it has to have 2 to 4 parts with colons between", fix: "- user:alice:rw")
    }
    isDefault = parts.count > 1 && ["d", "default"].contains(parts[0])
    if isDefault { parts.removeFirst() } else if parts.count == 3 { throw wrong("\(parts[0]) is neither d nor default") }
    if parts.count == 1, !Self.kinds.keys.contains(parts[0]) { parts.insert("user", at: 0) }
    guard let kind = Self.kinds[parts[0].isEmpty ? "user" : parts[0]] else {
      throw wrong("\(parts[0]) is none of user, group, mask, other")
    }
    self.kind = kind
    name = parts.count > 1 ? parts[1] : ""
    self.rights = rights
    let isDigit = rights.utf8.count == 1 && ("0"..."7").contains(rights)
    if !isDigit, let bad = rights.first(where: { !"rwx-".contains($0) }) { throw wrong("the permissions have an invalid character \(bad)") }
    guard !rights.isEmpty else { throw wrong("it has no permissions") }
    if kind == .mask || kind == .other, !name.isEmpty { throw wrong("\(kind.rawValue) takes no name") }
    if !isDefault, name.isEmpty, kind != .mask {
      throw wrong("use mode to set the base acl entry", fix: "mode: 640, and acls for named users and groups only")
    }
  }

  private static let kinds: [String: Kind] = [
    "u": .user, "user": .user, "g": .group, "group": .group, "m": .mask, "mask": .mask, "o": .other, "other": .other,
  ]
}
