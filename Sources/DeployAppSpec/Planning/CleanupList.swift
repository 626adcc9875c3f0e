/// Everything that an installation made, in order. The next installation removes everything on this list. The list is kept in the file
/// `GROUP-cleanup` under the engine's root.
package struct CleanupList: Sendable, Hashable {
  package enum Line: Sendable, Hashable {
    /// A file, link or folder.
    case path(HostPath)
    /// An SELinux label that was set on a path.
    case label(HostPath)

    package var path: HostPath {
      switch self {
      case .path(let path), .label(let path): path
      }
    }
  }
  package var lines: [Line]
  package init(_ lines: [Line] = []) { self.lines = lines }

  /// Reads the text of the file. If the last line has no line break, it was cut off, so it is dropped. A path that begins or ends with
  /// white space, or contains a line break, is written after the word `escaped` and NUL, with `\n` and `\\`. The agent does not understand
  /// such lines, so it does not remove these paths.
  package init(reading text: String) {
    lines = text.utf8.split(separator: 10, omittingEmptySubsequences: false).dropLast().compactMap { row in
      if let end = row.firstIndex(of: 0) {
        let path = HostPath(Self.plain(String(Substring(row[row.index(after: end)...]))))
        return row[..<end].elementsEqual("semanage".utf8) ? .label(path) : .path(path)
      }
      let path = String(Substring(row).trimmingSpace)
      return path.utf8.first == UInt8(ascii: "/") ? .path(HostPath(path)) : nil
    }
  }

  /// The lines of the file, without line breaks.
  package var rows: [String] {
    lines.map { line in
      switch line {
      case .label(let path): "semanage\0" + Self.escaped(path.text)
      case .path(let path):
        Self.isPlain(line) ? path.text : "escaped\0" + Self.escaped(path.text)
      }
    }
  }

  /// Returns whether the path is written unchanged on its line of the file.
  static func isPlain(_ line: Line) -> Bool {
    guard case .path(let path) = line else { return false }
    return !path.text.utf8.contains(10) && path.text.trimmingSpace == path.text[...]
  }

  private static func escaped(_ path: String) -> String { path.replacing("\\", with: "\\\\").replacing("\n", with: "\\n") }

  private static func plain(_ text: String) -> String {
    var plain = String.UnicodeScalarView()
    var isEscaped = false
    for scalar in text.unicodeScalars {
      if isEscaped {
        plain.append(scalar == "n" ? "\n" : scalar)
        isEscaped = false
      } else if scalar == "\\" {
        isEscaped = true
      } else {
        plain.append(scalar)
      }
    }
    return String(plain)
  }
}
