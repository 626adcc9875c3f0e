/// A string that identifies one thing of one kind, such as a deployment. The ids of different kinds have different types, because they look
/// alike.
package protocol Identifier: Hashable, Comparable, Codable, Sendable, CustomStringConvertible, CustomDebugStringConvertible {
  /// The id as text, for a command line, a path, a file or a person.
  var rawValue: String { get }
  /// Makes an id from a string that came from outside, for example from the command line or from a file. Nothing checks the string's form.
  init(_ text: String)
}

extension Identifier {
  package init(from decoder: any Decoder) throws { self.init(try decoder.singleValueContainer().decode(String.self)) }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(rawValue)
  }

  package static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }

  /// Whether the id begins with a string, because people are allowed to shorten ids.
  package func begins(with text: String) -> Bool { rawValue.hasPrefix(text) }

  package var description: String { rawValue }
  package var debugDescription: String { rawValue.debugDescription }
}

extension Sequence where Element: Identifier {
  /// Returns the ids as strings, joined with a separator.
  package func joined(separator: String) -> String { map(\.rawValue).joined(separator: separator) }
}
