/// A time or duration as a number of milliseconds, which is also its coded form and its order.
package protocol Milliseconds: Sendable, Hashable, Comparable, Codable {
  var milliseconds: Int { get }
  init(milliseconds: Int)
}

extension Milliseconds {
  package init(from decoder: any Decoder) throws {
    self.init(milliseconds: try decoder.singleValueContainer().decode(Int.self))
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(milliseconds)
  }

  package static func < (a: Self, b: Self) -> Bool { a.milliseconds < b.milliseconds }
}
