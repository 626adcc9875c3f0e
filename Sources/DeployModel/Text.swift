/// A text in which some parts are secrets: it names them, the engine has their values, and they are inserted at the transport's edge
/// (promise P12).
package struct Text: Sendable, Hashable, Codable {
  package enum Piece: Sendable, Hashable, Codable {
    case literal(String)
    case secret(name: String)
  }
  package var pieces: [Piece]
  package init(_ literal: String) { pieces = literal.isEmpty ? [] : [.literal(literal)] }
  package init(pieces: [Piece]) { self.pieces = pieces }
  /// Names of the secrets in it, in order of first use.
  package var secrets: [String] {
    var names: [String] = []
    for case .secret(let name) in pieces where !names.contains(name) { names.append(name) }
    return names
  }
}

extension Text: CustomStringConvertible, ExpressibleByStringLiteral {
  package init(stringLiteral value: String) { self.init(value) }
  /// The text with `<secret NAME>` in place of each secret.
  package var description: String {
    pieces.map { piece in
      switch piece {
      case .literal(let text): text
      case .secret(let name): "<secret \(name)>"
      }
    }.joined()
  }
}
