extension UInt8 {
  /// Whether the byte is an ASCII letter or digit: a-z, A-Z or 0-9.
  package var isLetterOrDigit: Bool {
    (0x61...0x7A).contains(self) || (0x41...0x5A).contains(self) || (0x30...0x39).contains(self)
  }

  /// Whether the byte is safe in names of files and in a shell: a letter, a digit, `-`, `_` or `.`.
  package var isPlainInName: Bool {
    isLetterOrDigit || self == UInt8(ascii: "-") || self == UInt8(ascii: "_") || self == UInt8(ascii: ".")
  }
}
