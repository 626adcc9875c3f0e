/// A plain value in recipes, parameters and results: any JSON value, with whole numbers distinguished from fractions.
package enum Value: Sendable, Hashable {
  case null
  case bool(Bool)
  case int(Int)
  case number(Double)
  case text(String)
  case list([Value])
  /// A record whose members are sorted by name, so that records with equal members are equal and print in the same way.
  case record([Member])

  package struct Member: Sendable, Hashable, Codable {
    package var name: String
    package var value: Value
    package init(_ name: String, _ value: Value) {
      self.name = name
      self.value = value
    }

    package static func == (a: Member, b: Member) -> Bool { a.name.isExactly(b.name) && a.value == b.value }
  }

  /// Compares strings by their bytes. Two encodings of one character are different values, as they are for the programs that get them.
  package static func == (a: Value, b: Value) -> Bool {
    switch (a, b) {
    case (.null, .null): true
    case (.bool(let a), .bool(let b)): a == b
    case (.int(let a), .int(let b)): a == b
    case (.number(let a), .number(let b)): a == b
    case (.text(let a), .text(let b)): a.isExactly(b)
    case (.list(let a), .list(let b)): a == b
    case (.record(let a), .record(let b)): a == b
    default: false
    }
  }

  /// Returns a record with its members sorted by the bytes of their names. If a name occurs twice, the later value counts.
  package static func record(of members: [(String, Value)]) -> Value {
    var ordered: [Member] = []
    for (name, value) in members.sorted(by: { $0.0.utf8.lexicographicallyPrecedes($1.0.utf8) }) {
      if ordered.last?.name.isExactly(name) == true {
        ordered[ordered.count - 1].value = value
      } else {
        ordered.append(Member(name, value))
      }
    }
    return .record(ordered)
  }

  /// The member with this name, or nil if there is none or the value is not a record.
  package subscript(_ name: String) -> Value? {
    guard case .record(let members) = self else { return nil }
    return members.first { $0.name.isExactly(name) }?.value
  }

  package var text: String? { if case .text(let text) = self { text } else { nil } }
  package var int: Int? { if case .int(let int) = self { int } else { nil } }
  package var bool: Bool? { if case .bool(let bool) = self { bool } else { nil } }
  package var list: [Value]? { if case .list(let list) = self { list } else { nil } }
  package var members: [Member] { if case .record(let members) = self { members } else { [] } }
}

extension Value: Codable {
  private struct Key: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  package func encode(to encoder: any Encoder) throws {
    switch self {
    case .record(let members):
      var container = encoder.container(keyedBy: Key.self)
      for member in members { try container.encode(member.value, forKey: Key(stringValue: member.name)) }
    case .list(let list):
      var container = encoder.unkeyedContainer()
      for value in list { try container.encode(value) }
    default:
      var container = encoder.singleValueContainer()
      switch self {
      case .bool(let bool): try container.encode(bool)
      case .int(let int): try container.encode(int)
      case .number(let number): try container.encode(number)
      case .text(let text): try container.encode(text)
      default: try container.encodeNil()
      }
    }
  }

  package init(from decoder: any Decoder) throws {
    if let container = try? decoder.container(keyedBy: Key.self) {
      let keys = container.allKeys.map(\.stringValue).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
      self = .record(try keys.map { Member($0, try container.decode(Value.self, forKey: Key(stringValue: $0))) })
    } else if var container = try? decoder.unkeyedContainer() {
      var list: [Value] = []
      while !container.isAtEnd { list.append(try container.decode(Value.self)) }
      self = .list(list)
    } else {
      let container = try decoder.singleValueContainer()
      if container.decodeNil() {
        self = .null
      } else if let bool = try? container.decode(Bool.self) {
        self = .bool(bool)
      } else if let int = try? container.decode(Int.self) {
        self = .int(int)
      } else if let number = try? container.decode(Double.self) {
        self = .number(number)
      } else {
        self = .text(try container.decode(String.self))
      }
    }
  }
}

extension Value: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral {
  package init(stringLiteral value: String) { self = .text(value) }
  package init(integerLiteral value: Int) { self = .int(value) }
  package init(booleanLiteral value: Bool) { self = .bool(value) }
}
