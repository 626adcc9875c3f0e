import Foundation

/// A JSON value that keeps numbers and booleans apart.
package indirect enum Node: Decodable, Equatable, Sendable {
  case null
  case bool(Bool)
  case int(Int)
  case number(Double)
  case text(String)
  case list([Node])
  case record([String: Node])

  package init(from decoder: any Decoder) throws {
    let box = try decoder.singleValueContainer()
    if box.decodeNil() {
      self = .null
    } else if let value = try? box.decode(Bool.self) {
      self = .bool(value)
    } else if let value = try? box.decode(Int.self) {
      self = .int(value)
    } else if let value = try? box.decode(Double.self) {
      self = .number(value)
    } else if let value = try? box.decode(String.self) {
      self = .text(value)
    } else if let value = try? box.decode([Node].self) {
      self = .list(value)
    } else {
      self = .record(try box.decode([String: Node].self))
    }
  }

  /// Reads one JSON document.
  package init(_ text: String) throws { self = try JSONDecoder().decode(Node.self, from: Data(text.utf8)) }

  /// Returns a member of a record; nil: the record has no such member, or the value is no record.
  package subscript(_ name: String) -> Node? { if case .record(let members) = self { members[name] } else { nil } }

  /// The text; nil: the value is no text.
  package var text: String? { if case .text(let text) = self { text } else { nil } }

  /// The integer; nil: the value is no integer.
  package var int: Int? { if case .int(let int) = self { int } else { nil } }

  /// The number, which may be an integer; nil: the value is no number.
  package var number: Double? {
    switch self {
    case .int(let int): Double(int)
    case .number(let number): number
    default: nil
    }
  }

  /// The elements; empty: the value is no list, or a list without elements.
  package var list: [Node] { if case .list(let list) = self { list } else { [] } }

  /// The names that JSON Schema has for the value's type.
  var types: [String] {
    switch self {
    case .null: ["null"]
    case .bool: ["boolean"]
    case .int: ["integer", "number"]
    case .number: ["number"]
    case .text: ["string"]
    case .list: ["array"]
    case .record: ["object"]
    }
  }
}
