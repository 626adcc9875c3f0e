/// A SHA-256 digest as 64 lower-case hexadecimal digits, which is also its coded form.
package struct Digest: Sendable, Hashable, Comparable, Codable, CustomStringConvertible {
  package var hex: String
  package init(hex: String) { self.hex = hex }
  package init(from decoder: any Decoder) throws { hex = try decoder.singleValueContainer().decode(String.self) }
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(hex)
  }
  package static func < (a: Digest, b: Digest) -> Bool { a.hex < b.hex }
  /// The first 12 digits, which are enough to tell revisions apart.
  package var short: String { String(hex.prefix(12)) }
  package var description: String { short }
}
