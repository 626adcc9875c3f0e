/// A path from a recipe or an option, in clean form. Only this type decides which paths are allowed on a host.
///
/// The initializer cleans paths such as `./a`, `a//b` and `a/./b`, and refuses paths that could lead to a place that their text does not
/// show.
package struct WrittenPath: Sendable, Hashable {
  package enum Use: Sendable, Hashable {
    /// A folder on hosts: absolute, not `/` itself, without `..`.
    case host
    /// A file or folder in every release: relative, without `..`, not the release itself. A `/` at the end means a folder.
    case inside
    /// A file or folder on this machine, absolute or relative to the project. It can lead upwards.
    case here
  }

  /// The clean form, without empty parts and `.` parts, except that a path on this machine can be a single `.`. Only folders in a release
  /// end in `/`.
  package let text: String
  /// Whether the path was written with `/` at its end.
  package let isFolder: Bool

  /// The path without the `/` that marks a folder.
  package var name: String {
    guard text.utf8.count > 1, text.utf8.last == UInt8(ascii: "/") else { return text }
    return String(Substring(text.utf8.dropLast()))
  }

  /// The largest length of a path on this machine, in bytes (PATH_MAX of Linux, without the terminating zero byte).
  static let most = 4095
  /// The largest length of a path on hosts, in bytes: half of PATH_MAX, because it becomes a part of longer paths.
  static let mostOnHosts = 2047
  /// The largest length of one name in a path, in bytes (NAME_MAX of Linux).
  static let mostOfPart = 255

  /// - Throws: an error that quotes the path as it was written, and says what is wrong with it and what to write instead.
  package init(_ written: String, as use: Use) throws(Problem) {
    // Splits by bytes, because Swift merges a slash and a combining mark that follows it into one character.
    let parts = written.utf8.split(separator: UInt8(ascii: "/"))
    try WrittenPath.look(at: written, parts.map { String(Substring($0)) }, use)
    let isAbsolute = written.utf8.first == UInt8(ascii: "/")
    let clean = parts.filter { !$0.elementsEqual(".".utf8) }.map { String(Substring($0)) }.joined(separator: "/")
    isFolder = written.utf8.last == UInt8(ascii: "/") || parts.last?.elementsEqual(".".utf8) == true
    let shown = WrittenPath.shown(written)
    switch use {
    case .inside where clean.isEmpty: throw Problem("the path \(shown) is the whole release", fix: "name what is in it: \"log/\"")
    case .host where clean.isEmpty: throw Problem("the path \(shown) is the host's whole file system", fix: WrittenPath.example(use))
    case .host: text = "/" + clean
    case .inside: text = clean + (isFolder ? "/" : "")
    case .here: text = isAbsolute ? "/" + clean : clean.isEmpty ? "." : clean
    }
  }

  private static func look(at written: String, _ parts: [String], _ use: Use) throws(Problem) {
    let shown = shown(written)
    if written.isEmpty { throw Problem("the path is empty", fix: example(use)) }
    if let control = written.unicodeScalars.first(where: isControl) {
      let code = String(control.value, radix: 16, uppercase: true)
      let zeros = String(repeating: "0", count: max(0, 4 - code.utf8.count))
      throw Problem("the path \(shown) has a control character in it (U+\(zeros)\(code))", fix: "take it out")
    }
    if written.utf8.first == UInt8(ascii: " ") || written.utf8.last == UInt8(ascii: " ") {
      throw Problem("the path \(shown) begins or ends with a blank", fix: "take it out")
    }
    let most = use == .here ? most : mostOnHosts
    if written.utf8.count > most { throw Problem("the path \(shown) has \(written.utf8.count) bytes, and \(most) are the most") }
    if let part = parts.first(where: { $0.utf8.count > mostOfPart }) {
      throw Problem("the path \(shown) has a name of \(part.utf8.count) bytes in it, and \(mostOfPart) are the most")
    }
    if let first = written.utf8.first, first == UInt8(ascii: "~"), use != .inside || parts[0].utf8.count == 1 {
      throw Problem("the path \(shown) begins with ~, and nothing expands that", fix: "write the folder's whole path")
    }
    if let part = parts.first(where: isVariable) {
      throw Problem("the path \(shown) names a variable (\(part)), and nothing expands that", fix: "write what it stands for")
    }
    let isAbsolute = written.utf8.first == UInt8(ascii: "/")
    if isAbsolute, use == .inside {
      throw Problem("the path \(shown) is absolute, and it has to be a place in every release", fix: example(use))
    }
    if !isAbsolute, use == .host {
      throw Problem("the path \(shown) is relative, and hosts need an absolute one", fix: example(use))
    }
    if use != .here, parts.contains(where: { $0.utf8.elementsEqual("..".utf8) }) {
      throw Problem("the path \(shown) has .. in it and could lead elsewhere", fix: "write the path without it")
    }
  }

  /// The names that Lander uses in an application's folder on a host. No application may have a folder with one of these names as its own
  /// folder.
  package static let ownNames = ["current", "releases", "shared", ".lander"]

  /// Why a folder on hosts cannot be an application's folder, judging by its name alone, or nil if it can.
  package var ownName: String? {
    let parts = text.utf8.split(separator: UInt8(ascii: "/"))
    if parts.contains(where: { $0.elementsEqual(".lander".utf8) }) { return "\(text) lies in .lander, which is the engine's own" }
    guard let last = parts.last, last.elementsEqual("current".utf8) else { return nil }
    return "\(text) is where an application's current release is linked; name the folder above it"
  }

  /// Whether `other` is this path or lies below it. Compares bytes, as file systems do.
  package func holds(_ other: WrittenPath) -> Bool {
    let (own, its) = (Array(name.utf8), Array(other.name.utf8))
    return its.starts(with: own) && (its.count == own.count || its[own.count] == UInt8(ascii: "/"))
  }

  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) || (0x2028...0x2029).contains(scalar.value)
  }

  /// Whether a part contains a shell variable, such as `$HOME` or `${HOME}`, which nothing expands.
  private static func isVariable(_ part: String) -> Bool {
    let rest = part.utf8.drop { $0 != UInt8(ascii: "$") }.dropFirst()
    guard let next = rest.first else { return false }
    return next == UInt8(ascii: "{") || next == UInt8(ascii: "(") || next == UInt8(ascii: "_")
      || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(next) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(next)
  }

  private static func example(_ use: Use) -> String {
    switch use {
    case .host: "write a whole path such as \"/srv/app\""
    case .inside: "write a path in the release, such as \"log/\" or \"config/local.env\""
    case .here: "write a folder or file of the project, such as \"dist\""
    }
  }

  /// Returns the written path in quotes, cut to 120 scalars, with control characters as `\u{…}`.
  private static func shown(_ written: String) -> String {
    var shown = ""
    for scalar in written.unicodeScalars.prefix(120) {
      if isControl(scalar) { shown += "\\u{\(String(scalar.value, radix: 16))}" } else { shown.unicodeScalars.append(scalar) }
    }
    return "\"\(shown)\(written.unicodeScalars.count > 120 ? "…" : "")\""
  }
}
