/// A value that is often missing and takes more room than the rest of its record. It has a block of memory of its own, so that a record
/// without it stays small, and copies of a record share it. In stored forms, it is like any other value: a missing one is left out.
@propertyWrapper
package struct Apart<Kept: Sendable>: Sendable {
  private indirect enum Block: Sendable { case kept(Kept) }
  private var block: Block?

  /// The value, or nil if there is none. Setting it takes a new block.
  package var wrappedValue: Kept? {
    get { if case .kept(let value)? = block { value } else { nil } }
    set { block = newValue.map { .kept($0) } }
  }

  package init(wrappedValue: Kept?) { block = wrappedValue.map { .kept($0) } }
}

extension Apart: Equatable where Kept: Equatable {
  package static func == (a: Apart, b: Apart) -> Bool { a.wrappedValue == b.wrappedValue }
}

extension Apart: Hashable where Kept: Hashable {
  package func hash(into hasher: inout Hasher) { hasher.combine(wrappedValue) }
}

extension Apart: Encodable where Kept: Encodable {
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(wrappedValue)
  }
}

extension Apart: Decodable where Kept: Decodable {
  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    self.init(wrappedValue: container.decodeNil() ? nil : try container.decode(Kept.self))
  }
}

extension KeyedEncodingContainer {
  package mutating func encode<Kept: Encodable>(_ value: Apart<Kept>, forKey key: Key) throws {
    try encodeIfPresent(value.wrappedValue, forKey: key)
  }
}

extension KeyedDecodingContainer {
  package func decode<Kept: Decodable>(_ type: Apart<Kept>.Type, forKey key: Key) throws -> Apart<Kept> {
    Apart(wrappedValue: try decodeIfPresent(Kept.self, forKey: key))
  }
}
