import DeployModel

/// Provides what a recipe reads in addition to its sources: files and variables. They are kept with the sources, so they can be read again
/// even if the project or the variable is missing.
extension SourceLoader {
  /// The largest size of a variable's value, in bytes.
  private static let longestVariable = 1 << 16

  /// Returns the path under which a variable is kept. No file of a project has such a path.
  static func path(ofVariable name: String) -> String { "$\(name)" }

  /// Answers a question with the text, with the fact that there is none, or with the reason for a refusal.
  mutating func resolve(_ given: Given) throws(Problem) -> Value {
    if let from = given.from, let plugin = Self.plugin(of: from.file) {
      return Self.refusal(
        "a plugin cannot read the project or its environment", fix: "read it in deploy.lua, and give it to \(plugin) as an option")
    }
    switch given.kind {
    case .variable:
      let path = Self.path(ofVariable: given.name)
      return answer(try read(path) ?? lost(path), path, most: Self.longestVariable)
    case .file:
      let parts = given.name.parts(at: "/", keepingEmpty: true)
      guard !given.name.hasPrefix("$"), !parts.contains(where: { $0.isEmpty || $0 == "." || $0 == ".." }) else {
        return Self.refusal("this is no path below the folder of deploy.lua", fix: "as in \"config/app.json\"")
      }
      return answer(try read(given.name) ?? lost(given.name), given.name, most: nil)
    }
  }

  private mutating func answer(_ text: String?, _ path: String, most: Int?) -> Value {
    guard let text else { return .record(of: []) }
    let file = SourceFile(path: path, text: text)
    if let most, text.utf8.count > most { return Self.refusal("its value has \(text.utf8.count) bytes, and may have \(most)") }
    if let reason = Self.tooLong(file) { return Self.refusal(reason, fix: Self.shorter) }
    keep(file)
    return .record(of: [("text", .text(text))])
  }

  /// Returns the plugin that a file belongs to, or nil if the file belongs to the project or to a recipe that comes with Lander.
  private static func plugin(of file: String) -> String? {
    let parts = file.pathParts
    return parts.count >= 3 && parts[0] == "plugins" ? String(parts[1]) : nil
  }
}
