import DeployModel

/// The owners of a release's entries at the end of its deployment, as the host recorded them with the receipt.
struct ReleaseRights {
  /// The owners, by the bytes of the paths.
  private(set) var owners: [[UInt8]: Owner] = [:]

  /// - Parameter bytes: the file `.lander/entries/RELEASE.rights`. For each entry, it has a byte with the value 1, `MODE USER GROUP
  ///   ./PATH`, and a line break.
  init(_ bytes: [UInt8]) {
    for entry in bytes.split(separator: 1) {
      // The line break at the end is not part of the name.
      guard let (path, owner) = Self.entry(entry.last == 10 ? entry.dropLast() : entry) else { continue }
      owners[path] = owner
    }
  }

  private static func entry(_ line: ArraySlice<UInt8>) -> (path: [UInt8], owner: Owner)? {
    let words = line.split(separator: UInt8(ascii: " "), maxSplits: 3, omittingEmptySubsequences: false)
    guard words.count == 4, Int(String(decoding: words[0], as: UTF8.self), radix: 16) != nil,
      let user = Int(String(decoding: words[1], as: UTF8.self)), let group = Int(String(decoding: words[2], as: UTF8.self)),
      words[3].starts(with: Array("./".utf8))
    else { return nil }
    return (Array(words[3].dropFirst(2)), Owner(user: user, group: group))
  }
}
