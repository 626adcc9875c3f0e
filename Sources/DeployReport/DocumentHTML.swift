import DeployModel

extension Document {
  /// The beginning of each page. A file that begins differently is not a page of Lander.
  package static let beginning = """
    <!doctype html>
    <html lang="en">
    <head>
    <meta name="generator" content="Lander">

    """

  /// The document as a single HTML page that needs no other file. It has no script and makes no request.
  package var html: String {
    let policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
    return """
      \(Self.beginning)<meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <meta name="referrer" content="no-referrer">
      <meta http-equiv="Content-Security-Policy" content="\(policy)">
      <title>\(HTMLText.escaped(title)): \(HTMLText.escaped(verdict.text))</title>
      <link rel="icon" href="data:,">
      <style>
      \(ReportStyle.text)</style>
      </head>
      <body>
      <header><h1>\(HTMLText.escaped(title))</h1> \(Self.badge(verdict))</header>
      <main>
      \(sections)</main>
      </body>
      </html>

      """
  }

  /// The blocks as sections. Each heading begins a section.
  private var sections: String {
    var out = "<section>\n"
    for block in blocks {
      if case .heading(let text) = block {
        out += "</section>\n<section>\n<h2>\(HTMLText.escaped(text))</h2>\n"
      } else {
        out += Self.html(block)
      }
    }
    return out + "</section>\n"
  }

  private static func html(_ block: Block) -> String {
    switch block {
    case .heading: return ""
    case .paragraph(let cells): return "<p>" + cells.map(span).joined(separator: " ") + "</p>\n"
    case .facts(let facts):
      return "<dl>\n" + facts.map { "<dt>\(HTMLText.escaped($0.name))</dt><dd>\(value($0))</dd>\n" }.joined() + "</dl>\n"
    case .list(let cells): return "<ul>\n" + cells.map { "<li>\(span($0))</li>\n" }.joined() + "</ul>\n"
    case .table(let head, let rows, let isMatrix): return table(head, rows, isMatrix)
    case .timeline(let timeline): return timeline.svg
    case .plot(let plot): return plot.svg
    case .folded(let title, let text):
      let lines = SafeText.lines(text).map(HTMLText.escaped).joined(separator: "\n")
      return "<details><summary>\(span(title))</summary><pre tabindex=\"0\">\(lines)</pre></details>\n"
    }
  }

  private static func table(_ head: [String], _ rows: [Row], _ isMatrix: Bool) -> String {
    let top = head.map { "<th scope=\"col\">\(HTMLText.escaped($0))</th>" }.joined()
    let body = rows.map { row in
      let cells = row.cells.enumerated().map { index, cell in
        let (name, scope) = isMatrix && index == 0 ? ("th", " scope=\"row\"") : ("td", "")
        let hint = cell.hint.map { " title=\"\(HTMLText.escaped($0))\"" } ?? ""
        return "<\(name)\(scope) class=\"\(cell.tone.rawValue)\"\(hint)>\(HTMLText.escaped(cell.text))</\(name)>"
      }
      return "<tr\(row.needsAttention ? "" : " class=\"fine\"")>\(cells.joined())</tr>\n"
    }
    let wanting = rows.count(where: \.needsAttention)
    let filter =
      isMatrix && wanting > 0 && wanting < rows.count
      ? "<label class=\"filter\"><input type=\"checkbox\"> only \(wanting.of("host")) that \(wanting == 1 ? "needs" : "need") "
        + "attention</label>\n"
      : ""
    let kind = isMatrix ? " class=\"matrix\"" : ""
    return "\(filter)<div class=\"wide\" tabindex=\"0\"><table\(kind)>\n<thead><tr>\(top)</tr></thead>\n<tbody>\n\(body.joined())</tbody>\n"
      + "</table></div>\n"
  }

  private static func value(_ fact: Fact) -> String {
    guard let link = fact.link, isPage(link) else { return span(fact.cell) }
    return "<a href=\"\(HTMLText.escaped(link))\" rel=\"noopener noreferrer\">\(HTMLText.escaped(fact.cell.text))</a>"
  }

  private static func span(_ cell: Cell) -> String {
    cell.tone == .plain ? HTMLText.escaped(cell.text) : "<span class=\"\(cell.tone.rawValue)\">\(HTMLText.escaped(cell.text))</span>"
  }

  private static func badge(_ cell: Cell) -> String {
    "<strong class=\"badge \(cell.tone.rawValue)\">\(HTMLText.escaped(cell.text))</strong>"
  }
}

/// Text from any source, made safe for a page.
enum HTMLText {
  static func escaped(_ text: String) -> String {
    replaced(text) { scalar in
      switch scalar {
      case "\"": "&quot;"
      case "'": "&#39;"
      default: nil
      }
    }
  }

  /// Makes a text into one harmless line, and replaces `&`, `<` and `>`.
  /// - Parameter more: returns the replacement for any other character, or nil if the character stays.
  static func replaced(_ text: String, _ more: (Unicode.Scalar) -> String?) -> String {
    var out = ""
    for scalar in SafeText.line(text).unicodeScalars {
      switch scalar {
      case "&": out += "&amp;"
      case "<": out += "&lt;"
      case ">": out += "&gt;"
      default: out += more(scalar) ?? String(scalar)
      }
    }
    return out
  }
}
