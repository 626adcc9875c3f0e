extension String {
  /// The string as one word of a shell command: unchanged if no shell interprets its characters, and quoted otherwise.
  package var shellWord: String {
    let isPlain = utf8.allSatisfy { $0.isLetterOrDigit || "-./:_%,=+@".utf8.contains($0) }
    return isPlain && !isEmpty ? self : shellQuoted
  }

  /// The string in single quotes, which every POSIX shell reads back unchanged. The loop compares bytes and not characters, because a quote
  /// followed by a combining accent is one character in Swift.
  package var shellQuoted: String {
    var bytes = [UInt8(ascii: "'")]
    for byte in utf8 { if byte == UInt8(ascii: "'") { bytes += "'\\''".utf8 } else { bytes.append(byte) } }
    return String(decoding: bytes + [UInt8(ascii: "'")], as: UTF8.self)
  }
}
