import DeployCore
import DeployModel

/// The rules for what stays out of a bundle: first the revision's `ignore`, then the lines of `.landerignore`, which have the same meaning
/// as in git.
///
/// A later pattern wins over an earlier one. `*` and `?` match inside one part of a path, `**` matches several parts, `[a-z]` and `[!a-z]`
/// match one byte, and `\` makes the next byte literal. A pattern with a `/` at its start or in its middle applies to a path from the
/// bundle's root. Any other pattern applies to a name at any depth. A pattern with a `/` at its end applies only to folders. A pattern that
/// begins with `!` includes again what an earlier pattern left out, except below a folder that is itself left out. In files, `#` begins a
/// comment. `.git`, `.lander` and the root's `.landerignore` are always left out.
struct IgnoreRules {
  private struct Rule {
    var parts: [[UInt8]]
    var foldersOnly: Bool
    var takesBack: Bool
  }
  private var rules: [Rule] = []
  /// Whether the root's `.landerignore` is left out of the bundle. False while an archive is being read, because the rules in that file are
  /// still needed.
  var takesOutOwnFile = true

  init(_ patterns: [String]) {
    for pattern in patterns { add(pattern) }
  }

  /// Adds the lines of a `.landerignore`.
  mutating func add(file text: String) {
    let lines = text.withoutByteOrderMark.fullLines
    for line in lines where !line.hasPrefix("#") { add(String(line)) }
  }

  private mutating func add(_ pattern: String) {
    var text = pattern.utf8[...]
    while text.last == UInt8(ascii: " ") || text.last == UInt8(ascii: "\t") { text.removeLast() }
    var rule = Rule(parts: [], foldersOnly: false, takesBack: false)
    if text.first == UInt8(ascii: "!") {
      rule.takesBack = true
      text.removeFirst()
    }
    if text.last == UInt8(ascii: "/") {
      rule.foldersOnly = true
      text.removeLast()
    }
    let isTied = text.contains(UInt8(ascii: "/"))
    rule.parts = text.split(separator: UInt8(ascii: "/")).filter { !$0.elementsEqual(".".utf8) }.map(Array.init)
    guard !rule.parts.isEmpty else { return }
    if !isTied { rule.parts.insert(Self.anything, at: 0) }
    // At its end, `**` matches everything inside a folder, but not the folder itself.
    if rule.parts.last == Self.anything { rule.parts.insert(Array("*".utf8), at: rule.parts.count - 1) }
    rules.append(rule)
  }

  /// Returns whether this path itself is left out. The caller checks the folders above it.
  func leavesOut(_ parts: ArraySlice<[UInt8]>, isFolder: Bool) -> Bool {
    guard let name = parts.last else { return false }
    if name == Self.git || name == Self.own { return true }
    if parts.count == 1, name == Self.file { return takesOutOwnFile }
    var isOut = false
    for rule in rules where rule.takesBack == isOut && (isFolder || !rule.foldersOnly) && Self.matches(rule.parts, parts) {
      isOut = !rule.takesBack
    }
    return isOut
  }

  /// Returns whether this path, or a folder above it, is left out.
  func leavesOut(wholePath parts: [[UInt8]], isFolder: Bool) -> Bool {
    (1...max(1, parts.count)).contains { count in leavesOut(parts.prefix(count), isFolder: isFolder || count < parts.count) }
  }

  private static let git = Array(".git".utf8)
  private static let own = Array(".lander".utf8)
  private static let file = Array(".landerignore".utf8)

  private static let anything = Array("**".utf8)

  /// Returns whether a path matches, part by part.
  private static func matches(_ pattern: [[UInt8]], _ path: ArraySlice<[UInt8]>) -> Bool {
    Glob.matches(
      pattern: pattern.count, name: path.count, isStar: { pattern[$0] == anything },
      step: { glob(pattern[$0], path[path.startIndex + $1]) ? $0 + 1 : nil })
  }

  /// Returns whether a name matches.
  static func glob(_ pattern: [UInt8], _ name: [UInt8]) -> Bool {
    Glob.matches(
      pattern: pattern.count, name: name.count, isStar: { pattern[$0] == UInt8(ascii: "*") }, step: { step(pattern, $0, name[$1]) })
  }

  /// Returns the position at which the pattern continues after it has matched one byte, or nil if the byte does not match.
  private static func step(_ pattern: [UInt8], _ at: Int, _ byte: UInt8) -> Int? {
    switch pattern[at] {
    case UInt8(ascii: "?"): return at + 1
    case UInt8(ascii: "\\") where at + 1 < pattern.count: return pattern[at + 1] == byte ? at + 2 : nil
    case UInt8(ascii: "["):
      guard let end = pattern[(at + 1)...].dropFirst().firstIndex(of: UInt8(ascii: "]")) else { break }
      var set = pattern[(at + 1)..<end]
      let isNegated = set.first == UInt8(ascii: "!") || set.first == UInt8(ascii: "^")
      if isNegated { set = set.dropFirst() }
      return has(set, byte) != isNegated ? end + 1 : nil
    default: break
    }
    return pattern[at] == byte ? at + 1 : nil
  }

  private static func has(_ set: ArraySlice<UInt8>, _ byte: UInt8) -> Bool {
    var rest = set
    while let first = rest.popFirst() {
      if rest.count >= 2, rest.first == UInt8(ascii: "-") {
        rest = rest.dropFirst()
        if let last = rest.popFirst(), first <= byte, byte <= last { return true }
      } else if first == byte {
        return true
      }
    }
    return false
  }
}
