/// A parsed JSON text, as the list of its values in the order of the text. Each value has its range in the text, and the index of the value
/// that follows it.
final class JSONTape {
  enum Kind { case null, yes, no, number, text, escapedText, array, object }
  struct Node {
    var kind: Kind
    /// The bytes of a scalar. For a string, the quotes are not included.
    var range: Range<Int>
    /// The index of the first node after this one and its contents. In an object, names and values alternate.
    var end: Int
  }
  let bytes: [UInt8]
  // Filled by `init` alone, on one thread.
  @exclusivity(unchecked) private(set) var nodes: [Node] = []
  @exclusivity(unchecked) private var at = 0
  /// The largest depth of nesting. Text that is nested more deeply is refused, because it could overflow the stack.
  static let depthLimit = 400

  init(_ bytes: [UInt8]) throws {
    self.bytes = bytes
    nodes.reserveCapacity(bytes.count / 12)
    try value(depth: 0)
    skipSpace()
    guard at == bytes.count else { throw Self.broken("text after the end of the JSON value at byte \(at)") }
  }

  static func broken(_ words: String) -> DecodingError {
    .dataCorrupted(DecodingError.Context(codingPath: [], debugDescription: words))
  }

  private func skipSpace() {
    while at < bytes.count, bytes[at] == 0x20 || bytes[at] == 0x0A || bytes[at] == 0x0D || bytes[at] == 0x09 { at += 1 }
  }

  private func value(depth: Int) throws {
    guard depth < Self.depthLimit else { throw Self.broken("nested deeper than \(Self.depthLimit) levels") }
    skipSpace()
    guard at < bytes.count else { throw Self.broken("ends in the middle of a value") }
    switch bytes[at] {
    case UInt8(ascii: "{"): try group(.object, closing: UInt8(ascii: "}"), depth: depth)
    case UInt8(ascii: "["): try group(.array, closing: UInt8(ascii: "]"), depth: depth)
    case UInt8(ascii: "\""): try text()
    case UInt8(ascii: "t"): try word("true", .yes)
    case UInt8(ascii: "f"): try word("false", .no)
    case UInt8(ascii: "n"): try word("null", .null)
    default: try number()
    }
  }

  private func group(_ kind: Kind, closing: UInt8, depth: Int) throws {
    let index = nodes.count
    nodes.append(Node(kind: kind, range: at..<at, end: 0))
    at += 1
    skipSpace()
    if at < bytes.count, bytes[at] == closing {
      at += 1
      nodes[index].end = nodes.count
      return
    }
    while true {
      if kind == .object {
        skipSpace()
        guard at < bytes.count, bytes[at] == UInt8(ascii: "\"") else { throw Self.broken("expected a member's name at byte \(at)") }
        try text()
        skipSpace()
        guard at < bytes.count, bytes[at] == UInt8(ascii: ":") else { throw Self.broken("expected a colon at byte \(at)") }
        at += 1
      }
      try value(depth: depth + 1)
      skipSpace()
      guard at < bytes.count else { throw Self.broken("ends in the middle of a value") }
      let byte = bytes[at]
      at += 1
      if byte == closing { break }
      guard byte == UInt8(ascii: ",") else { throw Self.broken("expected a comma at byte \(at - 1)") }
    }
    nodes[index].end = nodes.count
  }

  private func text() throws {
    let start = at + 1
    var kind = Kind.text
    at = start
    while at < bytes.count, bytes[at] != UInt8(ascii: "\"") {
      if bytes[at] == UInt8(ascii: "\\") {
        kind = .escapedText
        at += 1
      }
      at += 1
    }
    guard at < bytes.count else { throw Self.broken("ends in the middle of a string") }
    nodes.append(Node(kind: kind, range: start..<at, end: nodes.count + 1))
    at += 1
  }

  private func word(_ word: StaticString, _ kind: Kind) throws {
    let end = at + word.utf8CodeUnitCount
    guard end <= bytes.count, bytes[at..<end].elementsEqual(UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount))
    else { throw Self.broken("an unknown word at byte \(at)") }
    nodes.append(Node(kind: kind, range: at..<end, end: nodes.count + 1))
    at = end
  }

  private func number() throws {
    let start = at
    scan: while at < bytes.count {
      switch bytes[at] {
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."), UInt8(ascii: "e"),
        UInt8(ascii: "E"):
        at += 1
      default: break scan
      }
    }
    guard at > start else { throw Self.broken("expected a value at byte \(at)") }
    nodes.append(Node(kind: .number, range: start..<at, end: nodes.count + 1))
  }
}
