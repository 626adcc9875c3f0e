import DeployLua
import DeployModel

/// Makes pages about the recipe language.
enum LanguagePages {
  /// Returns the pages of `docs/reference`, each with the name of its file.
  static func reference() throws -> [(name: String, text: String)] { Reference(try vocabulary()).files }

  /// Returns the lines of `library/lander.lua`, for editors.
  static func stub() throws -> [String] { EditorStub(try vocabulary()).lines }

  /// Returns the words of the language, with the options of everything that comes with Lander.
  static func vocabulary() throws -> Vocabulary {
    guard let home = Shipped.folder() else { return try Vocabulary() }
    var modules: [String] = []
    for name in Wiring.requirable(from: home) where !name.hasPrefix("recipes.strategies.") && !name.hasPrefix("recipes.spec") {
      if !modules.contains(name) { modules.append(name) }
    }
    return try Vocabulary(reading: modules.sorted(), read: try Wiring.reader(of: home))
  }
}
