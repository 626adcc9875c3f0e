/// A text that can contain secrets. It has only the names of the secrets. The engine knows their values and inserts them when a transport
/// sends the text (P12 in docs/promises.md).
package struct Text: Sendable, Hashable, Codable {
  package enum Piece: Sendable, Hashable, Codable {
    case literal(String)
    case secret(name: String)
  }
  package var pieces: [Piece]
  package init(_ literal: String) { pieces = literal.isEmpty ? [] : [.literal(literal)] }
  package init(pieces: [Piece]) { self.pieces = pieces }
  /// The names of the secrets in the text, in order of first use.
  package var secrets: [String] {
    var names: [String] = []
    for case .secret(let name) in pieces where !names.contains(name) { names.append(name) }
    return names
  }
}

extension Text: CustomStringConvertible, ExpressibleByStringLiteral {
  package init(stringLiteral value: String) { self.init(value) }
  /// The text for people, with `<secret NAME>` in place of each secret.
  package var description: String {
    pieces.map { piece in
      switch piece {
      case .literal(let text): text
      case .secret(let name): "<secret \(name)>"
      }
    }.joined()
  }
}
