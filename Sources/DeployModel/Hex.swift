/// Bytes as hexadecimal digits, two for each byte.
package enum Hex {
  package static func digits(_ bytes: some Sequence<UInt8>, upper: Bool = false) -> [UInt8] {
    let digits = Array((upper ? "0123456789ABCDEF" : "0123456789abcdef").utf8)
    var text: [UInt8] = []
    text.reserveCapacity(2 * bytes.underestimatedCount)
    for byte in bytes {
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
    return text
  }

  package static func text(_ bytes: some Sequence<UInt8>, upper: Bool = false) -> String {
    String(decoding: digits(bytes, upper: upper), as: UTF8.self)
  }

  /// Returns the 16 digits of a 64-bit number.
  package static func text(_ number: UInt64) -> String { text((0..<8).map { UInt8(truncatingIfNeeded: number >> (56 - 8 * $0)) }) }
}
