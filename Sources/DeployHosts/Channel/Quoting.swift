import DeployModel

/// Quotes words for a POSIX shell.
package enum Quoting {
  /// Returns the word in a form from which every POSIX shell reads exactly the same bytes: in single quotes, or unchanged if it is plain. A
  /// NUL cannot be represented and is dropped.
  package static func word(_ text: String) -> String {
    if !text.isEmpty, text.utf8.allSatisfy(isPlain) { return text }
    return text.replacing("\0", with: "").shellQuoted
  }
  /// Returns the words as one line. A line break inside a word becomes `$LF`, a variable of the host program.
  static func line(_ words: [String]) -> String {
    words.map { word($0).replacing("\n", with: "'\"$LF\"'") }.joined(separator: " ")
  }
  private static func isPlain(_ byte: UInt8) -> Bool {
    byte.isLetterOrDigit || "_-./:,@".utf8.contains(byte)
  }
}

extension String {
  /// Replaces every occurrence of a character. The search compares bytes, so that it also finds the character inside a grapheme cluster
  /// such as CR LF.
  func replacing(_ old: Character, with new: String) -> String {
    let old = Array(String(old).utf8)
    let new = Array(new.utf8)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(utf8.count)
    for byte in utf8 { if byte == old[0] { bytes += new } else { bytes.append(byte) } }
    return String(decoding: bytes, as: UTF8.self)
  }
}
