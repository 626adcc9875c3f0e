/// A text that equals another text only if every byte is equal, for names of files and paths. Swift's own `==` treats two spellings of one
/// character as equal, but on Linux they name two files.
package struct ExactText: Sendable, Hashable {
  package let text: String
  package init(_ text: String) { self.text = text }

  package static func == (a: ExactText, b: ExactText) -> Bool { a.text.utf8.elementsEqual(b.text.utf8) }

  package func hash(into hasher: inout Hasher) {
    var text = text
    text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
  }
}

extension ExactText: ExpressibleByStringLiteral {
  package init(stringLiteral value: String) { self.init(value) }
}

/// Paths by their bytes. For Linux a slash is a separator even before a combining character; Swift combines the two into one letter.
extension StringProtocol {
  /// Splits at one ASCII character by bytes. Swift's own `split` misses it if it forms one letter with a neighbour: a line feed after a
  /// carriage return, a space before a combining mark.
  /// - Parameters:
  ///   - most: the largest number of cuts.
  ///   - keepingEmpty: whether two separators in a row leave an empty part.
  package func parts(at separator: Unicode.Scalar, most: Int = .max, keepingEmpty: Bool = false) -> [Substring] {
    let byte = UInt8(ascii: separator)
    return String(self).utf8.split(separator: byte, maxSplits: most, omittingEmptySubsequences: !keepingEmpty).map { Substring($0) }
  }

  /// Lines of a text from people or programs, each without its line feed and the carriage return before it. Empty lines are left out.
  package var fullLines: [Substring] {
    parts(at: "\n").compactMap { line in
      guard line.utf8.last == UInt8(ascii: "\r") else { return line }
      let bare = Substring(line.utf8.dropLast())
      return bare.isEmpty ? nil : bare
    }
  }

  /// The parts between slashes, without empty ones.
  package var pathParts: [Substring] { String(self).utf8.split(separator: UInt8(ascii: "/")).map { Substring($0) } }
  package var isAbsolutePath: Bool { utf8.first == UInt8(ascii: "/") }
  package var endsInSlash: Bool { String(self).utf8.last == UInt8(ascii: "/") }
  package var hasSlash: Bool { utf8.contains(UInt8(ascii: "/")) }
  /// The text without the slash at its end, if it has one.
  package var withoutLastSlash: String { endsInSlash ? String(decoding: utf8.dropLast(), as: UTF8.self) : String(self) }

  /// Whether both texts have the same bytes.
  package func isExactly(_ other: some StringProtocol) -> Bool { utf8.elementsEqual(other.utf8) }

  /// Whether this is the path `folder` or one below it, byte by byte.
  package func isPath(atOrBelow folder: some StringProtocol) -> Bool {
    guard utf8.starts(with: folder.utf8) else { return false }
    let rest = utf8.dropFirst(folder.utf8.count)
    return rest.isEmpty || rest.first == UInt8(ascii: "/")
  }
}
