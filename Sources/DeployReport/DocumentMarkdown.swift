import DeployModel

extension Document {
  /// Returns the document as Markdown, for a pull request, a step summary or a chat. Parts that can be folded are in `<details>`.
  /// - Parameter limit: the largest size in bytes of UTF-8. Blocks that do not fit are left out, and a note at the end says so.
  package func markdown(limit: Int = .max) -> String {
    var text = "# \(Self.plain(title)): \(Self.mark(verdict.tone))\(Self.plain(verdict.text))\n"
    let end = "\n_The rest is left out: lander report shows all of it._\n"
    for block in blocks {
      let part = "\n" + Self.markdown(block)
      guard text.utf8.count + part.utf8.count + end.utf8.count <= limit else { return text + end }
      text += part
    }
    return text
  }

  private static func markdown(_ block: Block) -> String {
    switch block {
    case .heading(let text): return "## \(plain(text))\n"
    case .paragraph(let cells): return cells.map { mark($0.tone) + plain($0.text) }.joined(separator: " ") + "\n"
    case .facts(let facts): return "| | |\n|---|---|\n" + facts.map { "| \($0.name) | \(value($0)) |\n" }.joined()
    case .list(let cells): return cells.map { "- \(mark($0.tone))\(plain($0.text))\n" }.joined()
    case .table(let head, let rows, _):
      let cells = rows.map { row in
        "| " + row.cells.map { mark($0.tone, besides: .good) + plain($0.text) }.joined(separator: " | ") + " |\n"
      }
      return "| " + head.map(plain).joined(separator: " | ") + " |\n|" + head.map { _ in "---|" }.joined() + "\n" + cells.joined()
    case .timeline(let timeline):
      let rows = timeline.rows.map { row in
        let bars = row.bars.map { "\(plain($0.label)) (\($0.to - $0.from))" }.joined(separator: ", ")
        return "- **\(plain(row.name))** \(bars)\n"
      }
      return rows.joined()
    case .plot(let plot):
      return "**\(plain(plot.title))**\n\n" + plot.rows.map { "- \(plain($0.name)): \(plain($0.label))\n" }.joined()
    case .folded(let title, let text):
      return "<details><summary>\(mark(title.tone))\(plain(title.text))</summary>\n\n" + code(text) + "\n</details>\n"
    }
  }

  private static func value(_ fact: Fact) -> String {
    guard let link = fact.link, isPage(link) else { return mark(fact.cell.tone) + plain(fact.cell.text) }
    return "<\(link)>"
  }

  private static func mark(_ tone: Tone, besides: Tone? = nil) -> String {
    switch tone {
    case .good where besides != .good: "✅ "
    case .bad: "❌ "
    case .warn: "⚠️ "
    default: ""
    }
  }

  /// Whether the text is the address of a web page and has no characters that would end the address in Markdown.
  static func isPage(_ text: String) -> Bool {
    (text.hasPrefix("https://") || text.hasPrefix("http://"))
      && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"<>\"'`|\\".utf8.contains($0) }
  }

  /// Escapes a text from hosts, commits or people, so that it has no special meaning in Markdown or HTML.
  private static func plain(_ text: String) -> String {
    HTMLText.replaced(text) { "\\`*_[]|~#!@".unicodeScalars.contains($0) ? "\\" + String($0) : nil }
  }

  /// Returns a block of code around a text. No line of the text can end the block, because the fence is longer than any run of
  /// backticks in the text (CommonMark 0.31, 4.5).
  private static func code(_ text: String) -> String {
    let lines = SafeText.lines(text)
    let longest = lines.flatMap { $0.split { $0 != "`" } }.map(\.utf8.count).max() ?? 0
    let fence = String(repeating: "`", count: max(3, longest + 1))
    return "\(fence)text\n" + lines.map { $0 + "\n" }.joined() + "\(fence)\n"
  }
}
