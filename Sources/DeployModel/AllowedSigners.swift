/// The keys in a project's `allowed_signers`. This file beside `deploy.lua` lists the people and their keys, in the form of
/// `ssh-keygen(1)`.
package struct AllowedSigners: Sendable, Hashable {
  /// A line that lets a key sign approvals.
  package struct Line: Sendable, Hashable {
    /// Patterns of names with `*` and `?`; a pattern with `!` before it excludes names.
    package let patterns: [String]
    /// The key in base64.
    package let key: String
    /// Days since 1970-01-01 on which it begins and ends to hold; nil: no such bound. The hour and the zone do not matter here.
    package var begin: Int?
    package var end: Int?

    /// Whether the key may sign at that time, or within a day of it: times of the file have the zone of the machine that reads it.
    package func holds(at moment: Timestamp) -> Bool {
      let day = moment.milliseconds / 86_400_000
      return begin.map { $0 <= day + 1 } ?? true && end.map { $0 >= day - 1 } ?? true
    }
  }
  /// The lines that let a key sign approvals. Lines without a key that ssh-keygen reads, lines of certificate authorities, and lines for
  /// other namespaces are left out.
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
    guard !options.split(whereSeparator: { $0 == "," || $0 == " " }).contains("cert-authority"), isKey(words[type + 1], of: words[type])
    else { return nil }
    return Line(
      patterns: first.split(separator: ",").map(String.init), key: words[type + 1], begin: day(of: "valid-after=", in: options),
      end: day(of: "valid-before=", in: options))
  }

  /// Whether a text in base64 begins as a key of that type does: with the length and the name of the type.
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

  /// The day of an option such as `valid-before=20261231`; nil: there is none.
  private static func day(of option: String, in options: String) -> Int? {
    guard let range = options.firstRange(of: option) else { return nil }
    let digits = options[range.upperBound...].prefix(8)
    guard digits.count == 8, let number = Int(digits) else { return nil }
    return Civil.days(number / 10_000, number / 100 % 100, number % 100)
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
