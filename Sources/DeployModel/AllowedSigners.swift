/// The keys of a project's `allowed_signers`. The file is next to `deploy.lua`. It lists people and their keys in the format of
/// `ssh-keygen(1)`.
package struct AllowedSigners: Sendable, Hashable {
  /// One line of the file: a key that is allowed to sign approvals.
  package struct Line: Sendable, Hashable {
    /// Patterns for the names of the key's owner, with `*` and `?`. A pattern that begins with `!` excludes names.
    package let patterns: [String]
    /// The key in base64.
    package let key: String
    /// The first day on which the key is valid, in days since 1970-01-01, or nil if there is no limit. Hours and time zones are ignored.
    package var begin: Int?
    /// The last day on which the key is valid, in days since 1970-01-01, or nil if there is no limit.
    package var end: Int?

    /// Whether the key is valid at this time. The day before and the day after the period of validity count too, because the file does not
    /// state its time zone.
    package func holds(at moment: Timestamp) -> Bool {
      let day = moment.milliseconds / 86_400_000
      return begin.map { $0 <= day + 1 } ?? true && end.map { $0 >= day - 1 } ?? true
    }
  }
  /// The lines with keys that are allowed to sign approvals. Lines without a key that ssh-keygen can read, lines of certificate
  /// authorities, and lines for other namespaces are left out.
  package let lines: [Line]
  /// Whether the project has an `allowed_signers` file.
  package let isThere: Bool

  /// - Parameter sources: the project's sources, which include `allowed_signers` if the project has such a file.
  package init(_ sources: [SourceFile]) {
    let text = sources.first { $0.path.isExactly(SignedApproval.signers) }?.text
    isThere = text != nil
    lines = (text ?? "").withoutByteOrderMark.fullLines.compactMap { Self.line($0) }
  }

  private static func line(_ text: Substring) -> Line? {
    let words = words(of: text)
    guard let first = words.first, !first.hasPrefix("#"),
      let type = words.dropFirst().firstIndex(where: { $0.hasPrefix("ssh-") || $0.hasPrefix("ecdsa-") || $0.hasPrefix("sk-") }),
      type <= 2, type + 1 < words.count, isKey(words[type + 1], of: words[type]),
      let options = SignerOptions(type == 2 ? words[1] : ""), options.allows(SignedApproval.namespace), !options.isAuthority
    else { return nil }
    return Line(
      patterns: first.filter { $0 != "\"" }.split(separator: ",").map(String.init), key: words[type + 1], begin: options.begin,
      end: options.end)
  }

  /// Whether base64 text begins as every key of this type does: with the length of the type's name, and the name.
  private static func isKey(_ text: String, of type: String) -> Bool {
    let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    let bytes = [0, 0, 0, UInt8(clamping: type.utf8.count)] + Array(type.utf8)
    var begin: [UInt8] = []
    for index in stride(from: 0, to: bytes.count - 2, by: 3) {
      let three = Int(bytes[index]) << 16 | Int(bytes[index + 1]) << 8 | Int(bytes[index + 2])
      begin += [18, 12, 6, 0].map { letters[three >> $0 & 63] }
    }
    let key = Array(text.utf8)
    return key.count % 4 == 0 && key.starts(with: begin) && key.allSatisfy { letters.contains($0) || $0 == UInt8(ascii: "=") }
  }

  /// Splits a line into words. Spaces inside quotes do not end a word.
  private static func words(of line: Substring) -> [String] {
    var words: [String] = []
    var (word, isQuoted) = ("", false)
    for character in line {
      if character == "\"" { isQuoted.toggle() }
      if isQuoted || !character.isWhitespace {
        word.append(character)
      } else if !word.isEmpty {
        words.append(word)
        word = ""
      }
    }
    return word.isEmpty ? words : words + [word]
  }
}
