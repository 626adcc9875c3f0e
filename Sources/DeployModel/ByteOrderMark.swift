extension String {
  /// The string without a byte order mark at its start (U+FEFF; EF BB BF in UTF-8), which some editors write.
  package var withoutByteOrderMark: String {
    unicodeScalars.first == "\u{FEFF}" ? String(unicodeScalars.dropFirst()) : self
  }
}
