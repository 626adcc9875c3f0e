/// Rows under a heading. Each column is as wide as its widest cell.
package struct Table: Sendable {
  package var heading: [String]
  package var rows: [[String]]
  package init(_ heading: [String], rows: [[String]] = []) {
    self.heading = heading
    self.rows = rows
  }

  /// Returns the lines, without trailing spaces. An empty heading is left out. On a terminal, a row that is too wide takes up several
  /// lines. A cell stays on one line if it fits. Only a word that is too long makes a line wider than the terminal.
  package func lines(on surface: Surface, indent: Int = 0) -> [String] {
    let all = (heading.isEmpty ? [] : [heading]) + rows
    let widths = widths(of: all, indent: indent, limit: surface.terminal ? surface.width : nil)
    let margin = String(repeating: " ", count: indent)
    return all.enumerated().flatMap { index, row -> [String] in
      let cells = row.enumerated().map { column, cell in column == row.count - 1 ? cell : cell.padded(to: widths[column]) }
      let whole = margin + cells.joined(separator: "  ")
      let isNarrow = !surface.terminal || whole.withoutTrailingSpaces.columns <= surface.width
      let lines = isNarrow ? [whole] : packed(row, after: widths.first ?? 0, indent: indent, limit: surface.width)
      return lines.map { index == 0 && !heading.isEmpty ? surface.paint($0.withoutTrailingSpaces, .dim) : $0.withoutTrailingSpaces }
    }
  }

  /// Returns the widths of the columns. If the columns would be too wide, only the rows that would fit by themselves are measured.
  private func widths(of all: [[String]], indent: Int, limit: Int?) -> [Int] {
    func measured(_ rows: [[String]]) -> [Int] {
      (0..<(all.map(\.count).max() ?? 0)).map { column in rows.map { $0.count > column ? $0[column].columns : 0 }.max() ?? 0 }
    }
    func total(_ widths: [Int]) -> Int { widths.reduce(indent) { $0 + $1 + 2 } - 2 }
    let widths = measured(all)
    guard let limit, total(widths) > limit else { return widths }
    let narrow = measured(all.filter { total($0.map(\.columns)) <= limit })
    let first = min(widths.first ?? 0, limit / 3)
    return [max(first, narrow.first ?? 0)] + narrow.dropFirst()
  }

  /// Returns a row as several lines: the first cell, and the other cells next to it and below it.
  private func packed(_ row: [String], after first: Int, indent: Int, limit: Int) -> [String] {
    let width = min(first, limit / 3)
    let room = max(1, limit - indent - width - 2)
    var right: [String] = []
    var line = ""
    for cell in row.dropFirst() where !cell.isEmpty {
      let longer = line.isEmpty ? cell : line + "  " + cell
      if longer.columns <= room {
        line = longer
        continue
      }
      if !line.isEmpty { right.append(line) }
      let parts = cell.wrapped(to: room)
      right += parts.dropLast()
      line = parts.last ?? ""
    }
    right.append(line)
    let margin = String(repeating: " ", count: indent)
    let head = margin + (row.first ?? "").padded(to: width) + "  "
    let inner = margin + String(repeating: " ", count: width + 2)
    let isAlone = (row.first ?? "").columns > width
    return (isAlone ? [head] : [head + right.removeFirst()]) + right.map { inner + $0 }
  }
}

extension String {
  fileprivate var withoutTrailingSpaces: String { String(reversed().drop { $0 == " " }.reversed()) }
}
