import DeployModel

extension Document {
  /// Returns the lines for a terminal. They contain everything except the parts that are folded in other formats.
  package func lines(on surface: Surface) -> [String] {
    var lines = folded([surface.paint(SafeText.line(title), .strong) + ": " + paint(verdict, surface)], surface)
    for block in blocks {
      switch block {
      case .heading(let text): lines += ["", surface.paint(SafeText.line(text), .strong)]
      case .paragraph(let cells): lines += folded(["  " + cells.map { paint($0, surface) }.joined(separator: " ")], surface)
      case .facts(let facts):
        lines += Table([], rows: facts.map { [$0.name, paint($0.cell, surface)] }).lines(on: surface, indent: 2)
      case .list(let cells): lines += cells.flatMap { item($0, surface) }
      case .table(let head, let rows, let isMatrix):
        // A column for each lifecycle event would be too wide for a terminal, so the row shows only the important events.
        let rows = isMatrix ? Self.alike(rows.map { Self.narrow($0, head) }, on: surface) : rows
        let table = Table(isMatrix ? Array(head.prefix(2)) + [""] : head, rows: rows.map { $0.cells.map { paint($0, surface) } })
        lines += table.lines(on: surface, indent: 2)
      case .timeline(let timeline): lines += timeline.lines(on: surface)
      case .plot(let plot): lines += plot.lines(on: surface)
      case .folded: continue
      }
    }
    return lines
  }

  private static func narrow(_ row: Row, _ head: [String]) -> Row {
    let telling = zip(head, row.cells).dropFirst(2).compactMap { $1.tone == .bad || $1.tone == .warn ? "\($0) \($1.text)" : nil }
    return Row(Array(row.cells.prefix(2)) + [Cell(telling.joined(separator: ", "), .bad)], needsAttention: row.needsAttention)
  }

  /// Joins rows of a table for a terminal. If there are many rows, the rows that need no attention are replaced by one row for each result.
  private static func alike(_ rows: [Row], on surface: Surface) -> [Row] {
    guard surface.terminal, rows.count > 40 else { return rows }
    var folded = rows.filter(\.needsAttention)
    let others = rows.filter { !$0.needsAttention && $0.cells.count > 1 }
    var ends: [Cell] = []
    for row in others where !ends.contains(row.cells[1]) { ends.append(row.cells[1]) }
    for end in ends {
      let alike = others.filter { $0.cells[1] == end }
      if alike.count < 10 {
        folded += alike
        continue
      }
      let names = alike.prefix(6).map { $0.cells[0].text }.joined(separator: " ")
      folded.append(Row([Cell(alike.count.of("host")), end, Cell(names + " …", .dim)]))
    }
    return folded
  }

  private func paint(_ cell: Cell, _ surface: Surface) -> String {
    let text = SafeText.line(cell.text)
    return switch cell.tone {
    case .plain: text
    case .good: surface.paint(text, .good)
    case .warn: surface.paint(text, .warn)
    case .bad: surface.paint(text, .bad)
    case .dim: surface.paint(text, .dim)
    }
  }

  /// Returns an item of a list. Further lines are indented to the column where the text begins, after the time of day.
  private func item(_ cell: Cell, _ surface: Surface) -> [String] {
    let text = SafeText.line(cell.text)
    guard surface.terminal, text.columns + 2 > surface.width else { return ["  " + paint(cell, surface)] }
    let isTimed = text.prefix(8).allSatisfy { $0.isNumber || $0 == ":" } && text.dropFirst(8).hasPrefix("  ")
    let time = isTimed ? String(text.prefix(10)) : ""
    let margin = String(repeating: " ", count: time.count)
    let lines = String(text.dropFirst(time.count)).wrapped(to: surface.width - 2, margin: margin)
    return lines.enumerated().map { number, line in
      "  " + paint(Cell(number == 0 ? time + line.dropFirst(time.count) : line, cell.tone), surface)
    }
  }

  private func folded(_ lines: [String], _ surface: Surface) -> [String] {
    surface.terminal ? lines.flatMap { $0.folded(to: surface.width) } : lines
  }
}

extension Timeline {
  /// Returns a bar of 40 characters for each row of the timeline.
  fileprivate func lines(on surface: Surface) -> [String] {
    let width = 40
    let whole = max(1, (to - from).milliseconds)
    let rows = rows.map { row -> [String] in
      var cells = [Character](repeating: "·", count: width)
      for bar in row.bars {
        let first = min(width - 1, max(0, (bar.from - from).milliseconds * width / whole))
        let last = min(width - 1, max(first, (bar.to - from).milliseconds * width / whole))
        for index in first...last { cells[index] = bar.tone == .bad ? "x" : "=" }
      }
      return [SafeText.line(row.name), String(cells), row.bars.map { SafeText.line($0.label) }.joined(separator: ", ").clipped(to: 60)]
    }
    return Table([], rows: rows).lines(on: surface, indent: 2)
  }
}
