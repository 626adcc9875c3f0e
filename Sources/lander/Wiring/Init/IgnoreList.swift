import DeployModel

/// The files that a first recipe does not pack: secrets, files that hosts install themselves, and files in the project's `.gitignore`.
struct IgnoreList {
  /// The patterns, in order. A later pattern overrides an earlier one.
  private(set) var patterns = [".git", ".lander", "deploy.lua", "*_spec.lua", ".luals", ".luarc.json", ".env", ".env.*", "node_modules"]
  /// The largest number of lines that are taken from a `.gitignore`.
  static let most = 200
  /// The usual output folders of builds. git ignores them, but hosts need them.
  private static let products = ["dist", "build", "out", "public", ".next", ".nuxt", ".output", ".svelte-kit"]

  /// - Parameters:
  ///   - names: other files that this kind of project does not pack.
  ///   - built: whether the project has a build. If so, the build's output is packed, although git ignores it.
  init(of folder: String, besides names: [String], built: Bool) {
    add(names)
    let text = ((try? Folder.text(at: folder + "/.gitignore", isLoose: true)).flatMap { $0 } ?? "").withoutByteOrderMark
    var lines: [String] = []
    for line in text.fullLines.prefix(Self.most) {
      let pattern = String(line.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
      guard !pattern.isEmpty, !pattern.hasPrefix("#") else { continue }
      let plain = pattern.filter { $0 != "/" }
      if !built || !Self.products.contains(plain) { lines.append(pattern) }
    }
    add(lines)
  }

  private mutating func add(_ names: [String]) {
    for name in names {
      let isKnown = ["", "/"].contains { known in
        patterns.contains(name) || patterns.contains(where: { $0 + known == name || "/" + $0 + known == name })
      }
      if !isKnown { patterns.append(name) }
    }
  }

  /// The patterns as the contents of a Lua table. If there are many, they are on several lines.
  var lua: String {
    let words = patterns.map { pattern in
      "\"" + pattern.map { $0 == "\"" || $0 == "\\" ? "\\\($0)" : String($0) }.joined() + "\""
    }
    guard words.count > 12 else { return words.joined(separator: ", ") }
    var lines = [""]
    for word in words {
      if lines[lines.count - 1].count + word.count > 96 { lines.append("") }
      lines[lines.count - 1] += (lines[lines.count - 1].isEmpty ? "" : " ") + word + ","
    }
    return "\n" + lines.map { "      " + $0 }.joined(separator: "\n") + "\n    "
  }
}
