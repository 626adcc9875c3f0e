extension UInt8 {
  /// Whether it is one of a-z, A-Z and 0-9 in ASCII.
  package var isLetterOrDigit: Bool {
    (0x61...0x7A).contains(self) || (0x41...0x5A).contains(self) || (0x30...0x39).contains(self)
  }

  /// Whether names of files and of people at a shell may have it anywhere: a letter, a digit, `-`, `_` or `.`.
  package var isPlainInName: Bool {
    isLetterOrDigit || self == UInt8(ascii: "-") || self == UInt8(ascii: "_") || self == UInt8(ascii: ".")
  }
}
