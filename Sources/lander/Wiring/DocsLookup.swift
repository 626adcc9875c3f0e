import DeployCore
import DeployLua
import DeployModel

/// Looks up a typed name in the reference.
struct DocsLookup {
  /// The absolute path of the project's folder. If there is no `deploy.lua`, the path of the folder in which it would be.
  let folder: String
  /// The project's state folder, absolute.
  let state: String
  private let index: ReferenceIndex

  init(folder: String, state: String) throws {
    self.folder = folder
    self.state = state
    index = ReferenceIndex(try LanguagePages.vocabulary())
  }

  /// A result: lines for a terminal, and a value for programs.
  struct Found {
    var lines: [String]
    var value: Value
  }

  /// Every word with its one-sentence summary.
  var words: [(name: String, summary: String)] { index.overview }

  /// Returns everything that has this name: a plugin, or else words, fields, options and terms.
  /// - Throws: a problem with near matches if nothing has this name, or the reason if a plugin cannot be read.
  func found(_ name: String) throws -> [Found] {
    if let page = try PluginPage(name, in: folder, state: state) { return [Found(lines: page.lines, value: page.value)] }
    let entries = index.entries(named: name)
    // `run` finds the words host:run and here:run.
    let found = index.methods(named: name).filter { !entries.contains($0) } + entries
    guard !found.isEmpty else { throw Problems(missing(name)) }
    return found.map { Found(lines: $0.lines, value: $0.value) }
  }

  private func missing(_ name: String) -> Problem {
    let near = NearMatch.of(name, among: index.names + Wiring.requirable(from: folder))
    return Problem(
      "there is no word, field or plugin \"\(name.prefix(100))\"", fix: near.map { "did you mean \($0)?" } ?? "lander docs lists all words")
  }
}
