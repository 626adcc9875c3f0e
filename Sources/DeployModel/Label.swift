/// A name and a value that a caller attaches to a deployment, for other programs.
package struct Label: Sendable, Hashable, Codable {
  /// The name: 1 to 63 characters of a-z, 0-9 and `. _ / -`. The first is a letter or a digit.
  package var name: String
  /// The value: at most 256 bytes on one line.
  package var value: String

  package init(name: String, value: String) {
    self.name = name
    self.value = value
  }

  /// The largest number of labels of one deployment.
  package static let most = 32

  /// Reads a label from `NAME=VALUE`.
  /// - Returns: nil if the string is not a valid label.
  package init?(_ text: String) {
    guard let sign = text.firstIndex(of: "=") else { return nil }
    self.init(name: String(text[..<sign]), value: String(text[text.index(after: sign)...]))
    guard Self.isPlain(name), value.utf8.count <= 256, !value.unicodeScalars.contains(where: Provenance.isControl) else { return nil }
  }

  private static func isPlain(_ name: String) -> Bool {
    func isLetterOrDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte) }
    guard let first = name.utf8.first, isLetterOrDigit(first), name.utf8.count <= 63 else { return false }
    return name.utf8.allSatisfy { isLetterOrDigit($0) || [0x2E, 0x5F, 0x2F, 0x2D].contains($0) }
  }
}
