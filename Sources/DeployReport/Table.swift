/// Rows under a heading, columns as wide as their widest cell.
package struct Table: Sendable {
  package var heading: [String]
  package var rows: [[String]]
  package init(_ heading: [String], rows: [[String]] = []) {
    self.heading = heading
    self.rows = rows
  }

  /// The lines, without trailing spaces; the heading is left out where it is empty.
  package func lines(on surface: Surface, indent: Int = 0) -> [String] {
    let all = (heading.isEmpty ? [] : [heading]) + rows
    let count = all.map(\.count).max() ?? 0
    let widths = (0..<count).map { column in
      all.map { $0.count > column ? $0[column].columns : 0 }.max() ?? 0
    }
    let margin = String(repeating: " ", count: indent)
    return all.enumerated().map { index, row in
      let cells = row.enumerated().map { column, cell in
        column == row.count - 1 ? cell : cell.padded(to: widths[column])
      }
      let line = margin + cells.joined(separator: "  ")
      let bare = String(line.reversed().drop { $0 == " " }.reversed())
      return index == 0 && !heading.isEmpty ? surface.paint(bare, .dim) : bare
    }
  }
}
