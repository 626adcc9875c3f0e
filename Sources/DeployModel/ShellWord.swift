extension String {
  /// As one word of a shell: unchanged if it is plain, else quoted.
  package var shellWord: String {
    let isPlain = utf8.allSatisfy { $0.isLetterOrDigit || "-./:_%,=+@".utf8.contains($0) }
    return isPlain && !isEmpty ? self : shellQuoted
  }

  /// In single quotes, as any POSIX shell reads it back byte by byte. It counts bytes, so that a character that is written with a quote
  /// and an accent does not hide the quote.
  package var shellQuoted: String {
    var bytes = [UInt8(ascii: "'")]
    for byte in utf8 { if byte == UInt8(ascii: "'") { bytes += "'\\''".utf8 } else { bytes.append(byte) } }
    return String(decoding: bytes + [UInt8(ascii: "'")], as: UTF8.self)
  }
}
