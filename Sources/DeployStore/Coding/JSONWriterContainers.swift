/// An object that is being written.
struct JSONMembers<Key: CodingKey>: KeyedEncodingContainerProtocol {
  let writer: JSONWriter
  let depth: Int
  var codingPath: [any CodingKey] { [] }

  func encodeNil(forKey key: Key) {
    writer.member(key, at: depth)
    writer.null()
  }
  func encode(_ value: Bool, forKey key: Key) {
    writer.member(key, at: depth)
    writer.bool(value)
  }
  func encode(_ value: String, forKey key: Key) {
    writer.member(key, at: depth)
    writer.text(value)
  }
  func encode(_ value: Int, forKey key: Key) {
    writer.member(key, at: depth)
    writer.integer(value)
  }
  func encode(_ value: UInt64, forKey key: Key) {
    writer.member(key, at: depth)
    writer.integer(value)
  }
  func encode(_ value: Double, forKey key: Key) {
    writer.member(key, at: depth)
    writer.number(value)
  }
  func encode<T: Encodable>(_ value: T, forKey key: Key) throws {
    writer.member(key, at: depth)
    try writer.write(value)
  }

  func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type, forKey key: Key) -> KeyedEncodingContainer<Nested> {
    writer.member(key, at: depth)
    return writer.container(keyedBy: type)
  }
  func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
    writer.member(key, at: depth)
    return writer.unkeyedContainer()
  }
  func superEncoder() -> any Encoder { writer }
  func superEncoder(forKey key: Key) -> any Encoder {
    writer.member(key, at: depth)
    return writer
  }
}

/// An array that is being written.
struct JSONElements: UnkeyedEncodingContainer {
  let writer: JSONWriter
  let depth: Int
  var count = 0
  var codingPath: [any CodingKey] { [] }

  init(writer: JSONWriter, depth: Int) {
    self.writer = writer
    self.depth = depth
  }

  private mutating func next() {
    count += 1
    writer.next(at: depth)
  }
  mutating func encodeNil() {
    next()
    writer.null()
  }
  mutating func encode(_ value: String) {
    next()
    writer.text(value)
  }
  mutating func encode(_ value: Int) {
    next()
    writer.integer(value)
  }
  mutating func encode<T: Encodable>(_ value: T) throws {
    next()
    try writer.write(value)
  }
  mutating func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) -> KeyedEncodingContainer<Nested> {
    next()
    return writer.container(keyedBy: type)
  }
  mutating func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
    next()
    return writer.unkeyedContainer()
  }
  mutating func superEncoder() -> any Encoder {
    next()
    return writer
  }
}

/// A value that is neither an object nor an array, while it is being written.
struct JSONScalar: SingleValueEncodingContainer {
  let writer: JSONWriter
  var codingPath: [any CodingKey] { [] }

  func encodeNil() { writer.null() }
  func encode(_ value: Bool) { writer.bool(value) }
  func encode(_ value: String) { writer.text(value) }
  func encode(_ value: Double) { writer.number(value) }
  func encode(_ value: Float) { writer.number(Double(value)) }
  func encode(_ value: Int) { writer.integer(value) }
  func encode(_ value: Int8) { writer.integer(value) }
  func encode(_ value: Int16) { writer.integer(value) }
  func encode(_ value: Int32) { writer.integer(value) }
  func encode(_ value: Int64) { writer.integer(value) }
  func encode(_ value: UInt) { writer.integer(value) }
  func encode(_ value: UInt8) { writer.integer(value) }
  func encode(_ value: UInt16) { writer.integer(value) }
  func encode(_ value: UInt32) { writer.integer(value) }
  func encode(_ value: UInt64) { writer.integer(value) }
  func encode<T: Encodable>(_ value: T) throws { try writer.write(value) }
}
