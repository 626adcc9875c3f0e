/// Cuts a stream of bytes into lines. A line of more than a mebibyte is cut into pieces.
package struct LineCutter: Sendable {
  private var rest: [UInt8] = []
  private static let limit = 1 << 20

  package init() {}

  /// Returns the complete lines, with their line breaks. An empty `bytes` means that the stream has ended; the rest of the stream is then
  /// returned.
  package mutating func cut(_ bytes: [UInt8]) -> [[UInt8]] {
    guard !bytes.isEmpty else {
      defer { rest = [] }
      return rest.isEmpty ? [] : [rest]
    }
    rest += bytes
    var lines: [[UInt8]] = []
    var start = rest.startIndex
    while let end = rest[start...].firstIndex(of: 10) {
      lines.append(Array(rest[start...end]))
      start = end + 1
    }
    rest.removeSubrange(..<start)
    if rest.count > Self.limit {
      lines.append(rest)
      rest = []
    }
    return lines
  }
}
