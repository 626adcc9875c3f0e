/// The keys in a project's `allowed_signers`. This file beside `deploy.lua` lists the people and their keys, in the form of
/// `ssh-keygen(1)`.
package struct AllowedSigners: Sendable, Hashable {
  /// A line that lets a key sign approvals.
  package struct Line: Sendable, Hashable {
    /// Patterns of names with `*` and `?`; a pattern with `!` before it excludes names.
    package let patterns: [String]
    /// The key in base64.
    package let key: String
  }
  /// The lines that let a key sign approvals. Lines without a key, and lines for other namespaces, are left out.
  package let lines: [Line]
  /// Whether the project has the file.
  package let isThere: Bool

  /// - Parameter sources: the project's sources, with its `allowed_signers` if it has one.
  package init(_ sources: [SourceFile]) {
    let text = sources.first { $0.path.isExactly(SignedApproval.signers) }?.text
    isThere = text != nil
    lines = (text ?? "").withoutByteOrderMark.fullLines.compactMap { Self.line($0) }
  }

  private static func line(_ text: Substring) -> Line? {
    let words = words(of: text)
    guard let first = words.first, !first.hasPrefix("#"),
      let type = words.dropFirst().firstIndex(where: { $0.hasPrefix("ssh-") || $0.hasPrefix("ecdsa-") || $0.hasPrefix("sk-") }),
      type + 1 < words.count
    else { return nil }
    let options = words[1..<type].joined(separator: " ")
    if let range = options.firstRange(of: "namespaces=") {
      let names = options[range.upperBound...].prefix { $0 != " " }.split(separator: ",")
      guard names.contains(where: { $0 == SignedApproval.namespace || $0.contains("*") || $0.contains("?") }) else { return nil }
    }
    return Line(patterns: first.split(separator: ",").map(String.init), key: words[type + 1])
  }

  /// The words of a line. Blanks between quotes do not end a word, and the quotes themselves are left out.
  private static func words(of line: Substring) -> [String] {
    var words: [String] = []
    var (word, isQuoted) = ("", false)
    for character in line {
      if character == "\"" {
        isQuoted.toggle()
      } else if isQuoted || !character.isWhitespace {
        word.append(character)
      } else if !word.isEmpty {
        words.append(word)
        word = ""
      }
    }
    return word.isEmpty ? words : words + [word]
  }
}
