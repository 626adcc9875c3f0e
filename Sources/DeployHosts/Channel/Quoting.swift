import DeployModel

/// Words for a POSIX shell.
package enum Quoting {
  /// The word in single quotes, as any POSIX shell reads it back byte by byte. A NUL cannot be expressed and is dropped.
  package static func word(_ text: String) -> String {
    if !text.isEmpty, text.utf8.allSatisfy(isPlain) { return text }
    return text.replacing("\0", with: "").shellQuoted
  }
  /// Words for a line that must stay one line: `$LF` of the host program stands for line ends.
  static func line(_ words: [String]) -> String {
    words.map { word($0).replacing("\n", with: "'\"$LF\"'") }.joined(separator: " ")
  }
  private static func isPlain(_ byte: UInt8) -> Bool {
    byte.isLetterOrDigit || "_-./:,@".utf8.contains(byte)
  }
}

extension String {
  /// Replaces every occurrence of one text by another, byte by byte, so that grapheme clusters such as CR LF do not hide one.
  func replacing(_ old: Character, with new: String) -> String {
    let old = Array(String(old).utf8)
    let new = Array(new.utf8)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(utf8.count)
    for byte in utf8 { if byte == old[0] { bytes += new } else { bytes.append(byte) } }
    return String(decoding: bytes, as: UTF8.self)
  }
}
