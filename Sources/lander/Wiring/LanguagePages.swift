import DeployLua

/// The recipe language as pages.
enum LanguagePages {
  /// `docs/words.md`.
  static func words() throws -> [String] { WordsPage(try Vocabulary()).lines }
  /// `lander.d.lua`, for editors.
  static func stub() throws -> [String] { EditorStub(try Vocabulary()).lines }
}
