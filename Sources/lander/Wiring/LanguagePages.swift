import DeployLua
import DeployModel

/// The recipe language as pages.
enum LanguagePages {
  /// `docs/reference`: the text of each page by its file's name.
  static func reference() throws -> [(name: String, text: String)] { Reference(try vocabulary()).files }

  /// `library/lander.lua`, for editors.
  static func stub() throws -> [String] { EditorStub(try vocabulary()).lines }

  /// The language, with the options of all that comes with Lander.
  static func vocabulary() throws -> Vocabulary {
    guard let home = Shipped.folder() else { return try Vocabulary() }
    var modules: [String] = []
    for name in Wiring.requirable(from: home) where !name.hasPrefix("recipes.strategies.") && !name.hasPrefix("recipes.spec") {
      if !modules.contains(name) { modules.append(name) }
    }
    return try Vocabulary(reading: modules.sorted(), read: try Wiring.reader(of: home))
  }
}
