import DeployModel

/// Reads single nodes.
extension JSONTape {
  /// Returns whether the text at a node is `name`. The two are compared as bytes.
  func isName(_ name: String, at node: Int) -> Bool {
    guard nodes[node].kind == .text else { return (try? text(at: node)).map { $0.utf8.elementsEqual(name.utf8) } ?? false }
    let range = nodes[node].range
    return range.count == name.utf8.count && bytes[range].elementsEqual(name.utf8)
  }

  /// Returns the node of the value of the member with this name, or nil if there is no such member.
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

  /// Returns the value at a node. A number is whole if it is written without a fraction or an exponent.
  func value(at node: Int) throws -> Value {
    switch nodes[node].kind {
    case .null: return .null
    case .yes: return .bool(true)
    case .no: return .bool(false)
    case .number:
      let isWhole = bytes[nodes[node].range].allSatisfy { $0 == UInt8(ascii: "-") || UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
      return isWhole ? .int(try integer(at: node, as: Int.self)) : .number(try number(at: node))
    case .text, .escapedText: return .text(try text(at: node))
    case .array:
      var list: [Value] = []
      var index = node + 1
      while index < nodes[node].end {
        list.append(try value(at: index))
        index = nodes[index].end
      }
      return .list(list)
    case .object:
      var members: [(String, Value)] = []
      var index = node + 1
      while index < nodes[node].end {
        members.append((try text(at: index), try value(at: index + 1)))
        index = nodes[index + 1].end
      }
      return .record(of: members)
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
      guard bytes[index] == UInt8(ascii: "\\") else {
        units.append(bytes[index])
        index += 1
        continue
      }
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

  /// Reads the four digits after `\u`, and the second half of a surrogate pair if there is one.
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
