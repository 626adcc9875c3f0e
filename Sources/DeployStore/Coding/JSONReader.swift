import DeployModel

/// Decodes Codable values from a node of a tape.
struct JSONReader: Decoder {
  let tape: JSONTape
  let node: Int
  var codingPath: [any CodingKey] { [] }
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
    guard tape.nodes[node].kind == .object else { throw JSONTape.mismatch([String: Any].self) }
    return KeyedDecodingContainer(JSONReadMembers<Key>(tape: tape, node: node))
  }
  func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
    guard tape.nodes[node].kind == .array else { throw JSONTape.mismatch([Any].self) }
    return JSONReadElements(tape: tape, node: node)
  }
  func singleValueContainer() -> any SingleValueDecodingContainer { JSONReadScalar(tape: tape, node: node) }

  /// Decodes a value of any type. Our own `Value` is read directly, because its `init(from:)` would try one kind after another.
  func decode<T: Decodable>(_ type: T.Type) throws -> T {
    if type == Value.self, let value = try tape.value(at: node) as? T { return value }
    return try T(from: self)
  }
}

/// The members of an object. Unknown members are skipped, so that an older version can read what a newer version wrote.
struct JSONReadMembers<Key: CodingKey>: KeyedDecodingContainerProtocol {
  let tape: JSONTape
  let node: Int
  var codingPath: [any CodingKey] { [] }

  var allKeys: [Key] {
    var keys: [Key] = []
    var index = node + 1
    while index < tape.nodes[node].end {
      if let name = try? tape.text(at: index), let key = Key(stringValue: name) { keys.append(key) }
      index = tape.nodes[index + 1].end
    }
    return keys
  }

  private func find(_ key: Key) throws -> Int {
    guard let found = tape.member(key.stringValue, of: node) else {
      throw DecodingError.keyNotFound(key, DecodingError.Context(codingPath: [], debugDescription: "no member \(key.stringValue)"))
    }
    return found
  }

  func contains(_ key: Key) -> Bool { tape.member(key.stringValue, of: node) != nil }
  func decodeNil(forKey key: Key) throws -> Bool { tape.nodes[try find(key)].kind == .null }
  func decode(_ type: Bool.Type, forKey key: Key) throws -> Bool { try tape.bool(at: find(key)) }
  func decode(_ type: String.Type, forKey key: Key) throws -> String { try tape.text(at: find(key)) }
  func decode(_ type: Int.Type, forKey key: Key) throws -> Int { try tape.integer(at: find(key), as: type) }
  func decode(_ type: Double.Type, forKey key: Key) throws -> Double { try tape.number(at: find(key)) }
  func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T { try JSONReader(tape: tape, node: find(key)).decode(type) }
  func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type, forKey key: Key) throws -> KeyedDecodingContainer<Nested> {
    try JSONReader(tape: tape, node: find(key)).container(keyedBy: type)
  }
  func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
    try JSONReader(tape: tape, node: find(key)).unkeyedContainer()
  }
  func superDecoder() -> any Decoder { JSONReader(tape: tape, node: node) }
  func superDecoder(forKey key: Key) throws -> any Decoder { JSONReader(tape: tape, node: try find(key)) }
}

/// The elements of an array, in order.
struct JSONReadElements: UnkeyedDecodingContainer {
  let tape: JSONTape
  private let end: Int
  private var at: Int
  private(set) var currentIndex = 0
  var codingPath: [any CodingKey] { [] }
  var count: Int? { nil }
  var isAtEnd: Bool { at >= end }

  init(tape: JSONTape, node: Int) {
    self.tape = tape
    at = node + 1
    end = tape.nodes[node].end
  }

  private mutating func next() throws -> JSONReader {
    guard !isAtEnd else { throw JSONTape.broken("an array with fewer elements than expected") }
    defer {
      at = tape.nodes[at].end
      currentIndex += 1
    }
    return JSONReader(tape: tape, node: at)
  }

  mutating func decodeNil() throws -> Bool {
    guard !isAtEnd, tape.nodes[at].kind == .null else { return false }
    _ = try next()
    return true
  }
  mutating func decode<T: Decodable>(_ type: T.Type) throws -> T { try next().decode(type) }
  mutating func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) throws -> KeyedDecodingContainer<Nested> {
    try next().container(keyedBy: type)
  }
  mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer { try next().unkeyedContainer() }
  mutating func superDecoder() throws -> any Decoder { try next() }
}

/// A single value.
struct JSONReadScalar: SingleValueDecodingContainer {
  let tape: JSONTape
  let node: Int
  var codingPath: [any CodingKey] { [] }

  func decodeNil() -> Bool { tape.nodes[node].kind == .null }
  func decode(_ type: Bool.Type) throws -> Bool { try tape.bool(at: node) }
  func decode(_ type: String.Type) throws -> String { try tape.text(at: node) }
  func decode(_ type: Double.Type) throws -> Double { try tape.number(at: node) }
  func decode(_ type: Float.Type) throws -> Float { Float(try tape.number(at: node)) }
  func decode(_ type: Int.Type) throws -> Int { try tape.integer(at: node, as: type) }
  func decode(_ type: Int8.Type) throws -> Int8 { try tape.integer(at: node, as: type) }
  func decode(_ type: Int16.Type) throws -> Int16 { try tape.integer(at: node, as: type) }
  func decode(_ type: Int32.Type) throws -> Int32 { try tape.integer(at: node, as: type) }
  func decode(_ type: Int64.Type) throws -> Int64 { try tape.integer(at: node, as: type) }
  func decode(_ type: UInt.Type) throws -> UInt { try tape.integer(at: node, as: type) }
  func decode(_ type: UInt8.Type) throws -> UInt8 { try tape.integer(at: node, as: type) }
  func decode(_ type: UInt16.Type) throws -> UInt16 { try tape.integer(at: node, as: type) }
  func decode(_ type: UInt32.Type) throws -> UInt32 { try tape.integer(at: node, as: type) }
  func decode(_ type: UInt64.Type) throws -> UInt64 { try tape.integer(at: node, as: type) }
  func decode<T: Decodable>(_ type: T.Type) throws -> T { try JSONReader(tape: tape, node: node).decode(type) }
}
