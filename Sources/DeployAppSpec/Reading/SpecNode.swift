/// A node of an appspec file, and the line where it begins.
package struct SpecNode: Sendable, Hashable {
  package indirect enum Content: Sendable, Hashable {
    case scalar(SpecScalar, plain: Bool)
    case list([SpecNode])
    case map([Member])
  }
  package struct Member: Sendable, Hashable {
    package var key: SpecNode
    package var value: SpecNode
    package init(key: SpecNode, value: SpecNode) {
      self.key = key
      self.value = value
    }
  }
  package var content: Content
  /// The line where the node begins. The first line is 1.
  package var line: Int
  /// The text of a plain scalar as it is written in the file, such as `0644` for the value 420.
  package var written: String

  package init(_ content: Content, line: Int, written: String = "") {
    self.content = content
    self.line = line
    self.written = written
  }

  package var scalar: SpecScalar? { if case .scalar(let scalar, _) = content { scalar } else { nil } }
  package var isTruthy: Bool { scalar?.isTruthy ?? true }
  /// The text of a text scalar, or nil for any other node.
  package var text: String? { if case .scalar(.text(let text), _) = content { text } else { nil } }
  package var members: [Member] { if case .map(let members) = content { members } else { [] } }
  /// Returns the value of a key of a map, or nil if there is no such key or the node is not a map.
  package subscript(_ key: String) -> SpecNode? { members.last { $0.key.text == key }?.value }

  /// What the node is called in error messages, such as `a list`, `a map` or `"x"`.
  package var named: String {
    switch content {
    case .scalar(.text(let text), _): text.count > 60 ? "\"\(text.prefix(60))…\"" : "\"\(text)\""
    case .scalar(let scalar, _): scalar == .null ? "nothing" : scalar.printed
    case .list: "a list"
    case .map: "a map"
    }
  }
}
