import DeployModel
import Glibc

/// An absolute path on a host. Two paths are equal only if their bytes are equal, because names that Unicode treats as equivalent can
/// belong to different files.
package struct HostPath: Sendable, Hashable, Comparable, CustomStringConvertible {
  package let text: String

  /// Uses a path unchanged. For a path that a person wrote, use `init(expanding:)`.
  package init(_ text: String) { self.text = text }

  /// Makes a path absolute, and removes `.`, `..`, doubled slashes and slashes at the end. Links are not followed, because only the text is
  /// used. A leading `~` becomes `home`, and a relative path starts at `directory`.
  package init(expanding written: String, from directory: String = "/", home: String = "/") {
    var whole = written
    if written == "~" || written.hasPrefix("~/") { whole = home + written.dropFirst() }
    if !whole.isAbsolutePath { whole = directory + "/" + whole }
    var parts: [Substring] = []
    for part in whole.pathParts where part != "." {
      if part == ".." { _ = parts.popLast() } else { parts.append(part) }
    }
    text = "/" + parts.joined(separator: "/")
  }

  package static let top = HostPath("/")

  /// The largest length of a path on Linux, in bytes (`PATH_MAX` without the NUL at the end).
  static let longest = 4095
  /// Returns the sentence about a path that is too long for every host.
  static func tooLong(_ what: String, _ path: String) -> String {
    "\(what) has \(path.utf8.count) bytes, and a path has at most \(longest): \(path.prefix(60))…"
  }

  /// The last part of the path. For `/`, it is empty.
  package var name: String {
    guard let slash = text.utf8.lastIndex(of: UInt8(ascii: "/")) else { return text }
    return String(text[text.utf8.index(after: slash)...])
  }

  /// The folder that contains the path. For `/`, this is `/` itself.
  package var parent: HostPath {
    guard let slash = text.utf8.lastIndex(of: UInt8(ascii: "/")), slash != text.startIndex else { return .top }
    return HostPath(String(text[..<slash]))
  }

  /// The folders above the path, the outermost first, without `/`.
  package var ancestors: [HostPath] {
    var found: [HostPath] = []
    var folder = parent
    while folder != .top {
      found.append(folder)
      folder = folder.parent
    }
    return found.reversed()
  }

  /// Returns the path of `part` below this path. `part` is a name, or several names with slashes between them.
  package func appending(_ part: String) -> HostPath {
    part.isEmpty ? self : HostPath(text == "/" ? "/" + part : text + "/" + part)
  }

  /// Returns the rest of this path below `folder`, or nil if the path is not strictly below it.
  package func relative(to folder: HostPath) -> String? {
    let prefix = folder.text == "/" ? "/" : folder.text + "/"
    guard text.utf8.count > prefix.utf8.count, text.utf8.starts(with: prefix.utf8) else { return nil }
    return String(text.utf8.dropFirst(prefix.utf8.count))
  }

  package var description: String { text }

  package static func == (a: HostPath, b: HostPath) -> Bool {
    // The lengths are compared first, and then all bytes in one call, because a plan compares paths several hundred thousand times.
    a.text.utf8.count == b.text.utf8.count && order(a, b) == 0
  }
  package static func < (a: HostPath, b: HostPath) -> Bool {
    let order = order(a, b)
    return order == 0 ? a.text.utf8.count < b.text.utf8.count : order < 0
  }
  /// Compares two paths over their common length. The result is less than 0, 0, or greater than 0.
  private static func order(_ a: HostPath, _ b: HostPath) -> Int32 {
    var (a, b) = (a.text, b.text)
    return a.withUTF8 { a in
      b.withUTF8 { b in
        guard let first = a.baseAddress, let second = b.baseAddress else { return 0 }
        return memcmp(first, second, min(a.count, b.count))
      }
    }
  }
  package func hash(into hasher: inout Hasher) {
    var bytes = text
    bytes.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
  }
}
