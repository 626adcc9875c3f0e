/// The page of all words, `docs/words.md`.
package struct WordsPage {
  private let vocabulary: Vocabulary

  package init(_ vocabulary: Vocabulary) { self.vocabulary = vocabulary }

  /// Markdown.
  package var lines: [String] {
    let methods = Set(vocabulary.objects.flatMap { vocabulary.methods(of: $0) }.map(\.name))
    let rest = vocabulary.words.filter { !methods.contains($0.name) }
    let typed = rest.filter { $0.name.hasPrefix("param.") || $0.name.hasPrefix("schema") }
    let describing = rest.filter { $0.phases == ["description"] && !typed.contains($0) }
    let testing = rest.filter { $0.phases == ["test"] }
    let running = rest.filter { !describing.contains($0) && !typed.contains($0) && !testing.contains($0) }
    let tested = vocabulary.objects.filter { vocabulary.methods(of: $0).contains { $0.phases == ["test"] } }
    return [
      "# The words of deploy.lua", "",
      "Made from the prelude by `lander help-pages --words > docs/words.md`; a test compares the two.",
      "[recipes.md](recipes.md) shows how the words go together.", "",
    ] + section("What describes a deployment", describing) + section("Parameters and options", typed)
      + vocabulary.objects.filter { !tested.contains($0) }.flatMap(object) + section("What functions call", running)
      + section("What tests say", testing) + tested.flatMap(object).dropLast()
  }

  private func section(_ title: String, _ words: [Word]) -> [String] { ["## " + title, ""] + words.flatMap(word) }

  private func object(_ object: Vocabulary.Object) -> [String] {
    var lines = ["## " + object.name, "", object.summary, ""]
    if !object.fields.isEmpty {
      lines += ["| field | type | what it is |", "|---|---|---|"]
      lines += object.fields.map { "| `\($0.name)` | \($0.type) | \($0.summary) |" } + [""]
    }
    return lines + vocabulary.methods(of: object).flatMap(word)
  }

  private func word(_ word: Word) -> [String] {
    let nature =
      switch word.nature {
      case .pure: ""
      case .probe: " It reads, and may be asked again."
      case .effect: " It changes something, at most once."
      }
    var lines = ["### \(word.name)", "", "`\(word.call)`", "", word.summary + nature, "", "```lua", word.example, "```", ""]
    guard !word.fields.isEmpty else { return lines }
    lines += ["| field | takes | what it is |", "|---|---|---|"]
    lines += word.fields.map { field in
      let takes = (vocabulary.meaning(of: field.type) ?? field.type).replacing("|", with: "\\|")
      let summary = field.summary.replacing("|", with: "\\|")
      return "| `\(field.name)`\(field.isRequired ? " (needed)" : "") | \(takes) | \(summary) |"
    }
    return lines + [""]
  }
}
