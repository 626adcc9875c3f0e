extension String {
  /// The text without the byte order mark that some editors put before it (U+FEFF; EF BB BF in UTF-8).
  package var withoutByteOrderMark: String {
    unicodeScalars.first == "\u{FEFF}" ? String(unicodeScalars.dropFirst()) : self
  }
}
