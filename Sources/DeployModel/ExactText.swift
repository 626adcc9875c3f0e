/// A string that equals another string only if all bytes are equal, for names of files and paths. Swift's `==` treats two encodings of one
/// character as equal, but on Linux they are the names of two different files.
package struct ExactText: Sendable, Hashable {
  package let text: String
  package init(_ text: String) { self.text = text }

  package static func == (a: ExactText, b: ExactText) -> Bool { a.text.isExactly(b.text) }

  package func hash(into hasher: inout Hasher) {
    var text = text
    text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
  }
}

extension ExactText: ExpressibleByStringLiteral {
  package init(stringLiteral value: String) { self.init(value) }
}

/// Operations on paths by their bytes. Linux treats every slash as a separator, but Swift merges a slash and a combining mark that follows
/// it into one character.
extension StringProtocol {
  /// Splits the string at each byte that is this ASCII character. Swift's `split` misses a separator that forms one character with its
  /// neighbour, such as a line feed after a carriage return or a space before a combining mark.
  /// - Parameters:
  ///   - most: the largest number of cuts.
  ///   - keepingEmpty: whether two separators in a row leave an empty part between them.
  package func parts(at separator: Unicode.Scalar, most: Int = .max, keepingEmpty: Bool = false) -> [Substring] {
    let byte = UInt8(ascii: separator)
    return String(self).utf8.split(separator: byte, maxSplits: most, omittingEmptySubsequences: !keepingEmpty).map { Substring($0) }
  }

  /// The non-empty lines of the string, without line feeds, and without a carriage return directly before a line feed.
  package var fullLines: [Substring] {
    parts(at: "\n").compactMap { line in
      guard line.utf8.last == UInt8(ascii: "\r") else { return line }
      let bare = Substring(line.utf8.dropLast())
      return bare.isEmpty ? nil : bare
    }
  }

  /// The non-empty parts between the slashes.
  package var pathParts: [Substring] { String(self).utf8.split(separator: UInt8(ascii: "/")).map { Substring($0) } }
  package var isAbsolutePath: Bool { utf8.first == UInt8(ascii: "/") }
  package var endsInSlash: Bool { String(self).utf8.last == UInt8(ascii: "/") }
  package var hasSlash: Bool { utf8.contains(UInt8(ascii: "/")) }
  /// The string without a slash at its end.
  package var withoutLastSlash: String { endsInSlash ? String(decoding: utf8.dropLast(), as: UTF8.self) : String(self) }

  /// Whether both strings have the same bytes.
  package func isExactly(_ other: some StringProtocol) -> Bool {
    guard utf8.count == other.utf8.count else { return false }
    // Names are compared in every step of a deployment, and comparing buffers is many times faster than comparing views.
    let same = utf8.withContiguousStorageIfAvailable { one in
      other.utf8.withContiguousStorageIfAvailable { other in one.baseAddress == other.baseAddress || one.elementsEqual(other) }
    }
    return (same ?? nil) ?? utf8.elementsEqual(other.utf8)
  }

  /// Whether this path is `folder` itself or lies below it. Compares bytes.
  package func isPath(atOrBelow folder: some StringProtocol) -> Bool {
    guard utf8.starts(with: folder.utf8) else { return false }
    let rest = utf8.dropFirst(folder.utf8.count)
    return rest.isEmpty || rest.first == UInt8(ascii: "/")
  }
}
