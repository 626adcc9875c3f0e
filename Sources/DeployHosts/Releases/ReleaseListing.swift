import DeployModel

/// The names, kinds and sizes of all entries in a release on a host. No file of the release was read to find them.
struct ReleaseListing {
  struct Entry {
    /// The mode as the kernel gives it, with the bits for the kind.
    var mode: Int
    /// The size in bytes.
    var size: Int
    /// The numbers of the entry's user and group.
    var owner: Owner
  }
  /// The entries, by the bytes of their paths.
  private(set) var entries: [[UInt8]: Entry] = [:]
  /// Whether the host has the release's manifest and the list of its entries.
  private(set) var isListed = false

  /// - Parameter bytes: the answer of `l_look`. It consists of batches. Each batch has `MODE SIZE USER GROUP` lines and then the same
  ///   number of names.
  /// - Throws: `notPermitted` if parts of the release could not be read, or `corrupt` if the release changed meanwhile.
  init(_ bytes: [UInt8]) throws(Failure) {
    var found: [Entry] = []
    var names: [[UInt8]] = []
    for line in bytes.split(separator: 10) {
      if line.starts(with: Array("./".utf8)) {
        names.append(Self.name(line.dropFirst(2)))
        continue
      }
      let text = String(decoding: line, as: UTF8.self)
      if text == "listed" { isListed = true }
      if text == "unread" {
        throw Failure(
          .notPermitted, "the release cannot be read to its end", fix: "look at the rights of its folders, or log in as their owner")
      }
      let words = text.split(separator: " ")
      if words.count == 4, let mode = Int(words[0], radix: 16), let size = Int(words[1]), let user = Int(words[2]),
        let group = Int(words[3])
      {
        found.append(Entry(mode: mode, size: size, owner: Owner(user: user, group: group)))
      }
    }
    guard names.count == found.count else {
      throw Failure(.corrupt, "the release changed while it was looked at", fix: "see what writes there, then try again")
    }
    for (name, entry) in zip(names, found) { entries[name] = entry }
  }

  /// Decodes a name. In the answer, two slashes stand for a line break in a name.
  private static func name(_ told: ArraySlice<UInt8>) -> [UInt8] {
    let slash = UInt8(ascii: "/")
    var name: [UInt8] = []
    var rest = told
    while let byte = rest.popFirst() {
      if byte == slash, rest.first == slash {
        rest.removeFirst()
        name.append(10)
      } else {
        name.append(byte)
      }
    }
    return name
  }
}
