import DeployModel

/// The names of the secrets in recipes' sources, each once and in order. The search finds `secret "NAME"`, with or without parentheses.
///
/// The search compares bytes. A search that compared characters took a third of the running time of a short command.
struct SecretNames {
  private(set) var used: [String] = []
  /// Names that occur only in comments, as examples. Their values are not needed.
  private(set) var examples: [String] = []

  /// The largest length of a name in bytes.
  private static let longest = 200
  private static let word = Array("secret".utf8)

  init(in sources: [SourceFile]) {
    var (used, examples): (Set<ExactText>, Set<ExactText>) = ([], [])
    for source in sources {
      var (line, isComment) = (0, false)
      let text = Array(source.text.utf8)
      var at = 0
      while at < text.count {
        defer { at += 1 }
        switch text[at] {
        case UInt8(ascii: "\n"), UInt8(ascii: "\r"): (line, isComment) = (at + 1, false)
        case UInt8(ascii: "-"): isComment = isComment || at > line && text[at - 1] == UInt8(ascii: "-")
        case Self.word[0]:
          guard let name = Self.name(at, of: text) else { continue }
          if isComment { examples.insert(ExactText(name)) } else { used.insert(ExactText(name)) }
        default: break
        }
      }
    }
    self.used = used.map(\.text).sorted()
    self.examples = examples.subtracting(used).map(\.text).sorted()
  }

  /// Returns the secret's name if the word `secret` and a quoted name begin at this byte, or nil if they do not.
  private static func name(_ start: Int, of text: [UInt8]) -> String? {
    var at = start + word.count
    guard at < text.count, text[start..<at].elementsEqual(word), start == 0 || !isWord(text[start - 1]), !isWord(text[at]) else {
      return nil
    }
    while at < text.count, [0x20, 0x28, 9, 10, 11, 12, 13].contains(text[at]) { at += 1 }
    guard at < text.count, isQuote(text[at]) else { return nil }
    let name = text[(at + 1)...].prefix(longest + 1).prefix(while: \.isPlainInName)
    guard (1...longest).contains(name.count), name.endIndex < text.count, isQuote(text[name.endIndex]) else { return nil }
    return String(decoding: name, as: UTF8.self)
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    byte.isLetterOrDigit || byte == UInt8(ascii: "_")
  }
  private static func isQuote(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") }
}
