/// A JSON text taken apart: its values in the order of the text, each knowing where it stands and where the next one begins.
final class JSONTape {
  enum Kind { case null, yes, no, number, text, escapedText, array, object }
  struct Node {
    var kind: Kind
    /// Bytes of a scalar; of a text without its quotes.
    var range: Range<Int>
    /// Index of the first node that is not part of this one. Members of an object are name and value by turns.
    var end: Int
  }
  let bytes: [UInt8]
  private(set) var nodes: [Node] = []
  private var at = 0
  /// Deeper nesting than this is refused instead of overflowing the stack.
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
      if bytes[at] == UInt8(ascii: "\\") { kind = .escapedText; at += 1 }
      at += 1
    }
    guard at < bytes.count else { throw Self.broken("ends in the middle of a text") }
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
      case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"):
        at += 1
      default: break scan
      }
    }
    guard at > start else { throw Self.broken("expected a value at byte \(at)") }
    nodes.append(Node(kind: .number, range: start..<at, end: nodes.count + 1))
  }
}

/// Reading single nodes.
extension JSONTape {
  /// Whether the text at a node is `name`, byte by byte.
  func isName(_ name: String, at node: Int) -> Bool {
    guard nodes[node].kind == .text else { return (try? text(at: node)).map { $0.utf8.elementsEqual(name.utf8) } ?? false }
    return bytes[nodes[node].range].elementsEqual(name.utf8)
  }

  /// The value's node of the member with that name; nil where there is none.
  func member(_ name: String, of node: Int) -> Int? {
    var index = node + 1
    while index < nodes[node].end {
      if isName(name, at: index) { return index + 1 }
      index = nodes[index + 1].end
    }
    return nil
  }

  func text(at node: Int) throws -> String {
    let range = nodes[node].range
    switch nodes[node].kind {
    case .text: return String(decoding: bytes[range], as: UTF8.self)
    case .escapedText: return try unescaped(range)
    default: throw Self.mismatch(String.self)
    }
  }

  func integer<T: FixedWidthInteger>(at node: Int, as type: T.Type) throws -> T {
    guard nodes[node].kind == .number else { throw Self.mismatch(type) }
    var value: T = 0
    let digits = bytes[nodes[node].range]
    let negative = digits.first == UInt8(ascii: "-")
    guard digits.count > (negative ? 1 : 0) else { throw Self.mismatch(type) }
    for byte in negative ? digits.dropFirst() : digits {
      guard UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte else { throw Self.mismatch(type) }
      let (product, tooBig) = value.multipliedReportingOverflow(by: 10)
      let digit = T(byte - UInt8(ascii: "0"))
      let (sum, over) = negative ? product.subtractingReportingOverflow(digit) : product.addingReportingOverflow(digit)
      guard !tooBig, !over else { throw Self.mismatch(type) }
      value = sum
    }
    return value
  }

  func number(at node: Int) throws -> Double {
    guard nodes[node].kind == .number, let value = Double(String(decoding: bytes[nodes[node].range], as: UTF8.self))
    else { throw Self.mismatch(Double.self) }
    return value
  }

  func bool(at node: Int) throws -> Bool {
    switch nodes[node].kind {
    case .yes: true
    case .no: false
    default: throw Self.mismatch(Bool.self)
    }
  }

  static func mismatch(_ type: any Any.Type) -> DecodingError {
    .typeMismatch(type, DecodingError.Context(codingPath: [], debugDescription: "another kind of value than expected"))
  }

  private func unescaped(_ range: Range<Int>) throws -> String {
    var units: [UInt8] = []
    units.reserveCapacity(range.count)
    var index = range.lowerBound
    while index < range.upperBound {
      guard bytes[index] == UInt8(ascii: "\\") else { units.append(bytes[index]); index += 1; continue }
      let letter = bytes[index + 1]
      index += 2
      switch letter {
      case UInt8(ascii: "n"): units.append(0x0A)
      case UInt8(ascii: "r"): units.append(0x0D)
      case UInt8(ascii: "t"): units.append(0x09)
      case UInt8(ascii: "b"): units.append(0x08)
      case UInt8(ascii: "f"): units.append(0x0C)
      case UInt8(ascii: "u"): units.append(contentsOf: String(try scalar(&index, before: range.upperBound)).utf8)
      default: units.append(letter)
      }
    }
    return String(decoding: units, as: UTF8.self)
  }

  /// Reads the digits after `\u`, and the second half of a surrogate pair where there is one.
  private func scalar(_ index: inout Int, before end: Int) throws -> Unicode.Scalar {
    func unit() throws -> UInt32 {
      guard index + 4 <= end, let unit = UInt32(String(decoding: bytes[index..<index + 4], as: UTF8.self), radix: 16)
      else { throw Self.broken("a \\u without four digits at byte \(index)") }
      index += 4
      return unit
    }
    let first = try unit()
    guard 0xD800..<0xDC00 ~= first, index + 6 <= end, bytes[index] == UInt8(ascii: "\\"), bytes[index + 1] == UInt8(ascii: "u")
    else { return Unicode.Scalar(first) ?? "\u{FFFD}" }
    index += 2
    let second = try unit()
    return Unicode.Scalar(0x10000 + ((first & 0x3FF) << 10 | (second & 0x3FF))) ?? "\u{FFFD}"
  }
}
