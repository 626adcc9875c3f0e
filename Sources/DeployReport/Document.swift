package import DeployModel

/// The contents of a report, in no particular format. Text, Markdown and HTML are made from these contents. The strings in them are raw.
/// Each format makes them harmless.
package struct Document: Sendable {
  /// The meaning of a piece of text.
  package enum Tone: String, Sendable, Hashable { case plain, good, warn, bad, dim }

  /// A piece of text.
  package struct Cell: Sendable, Hashable {
    package var text: String
    package var tone: Tone
    /// The text that appears when the pointer is over the cell, or nil if there is none.
    package var hint: String?
    package init(_ text: String, _ tone: Tone = .plain, hint: String? = nil) {
      self.text = text
      self.tone = tone
      self.hint = hint
    }
  }

  /// A name and its value.
  package struct Fact: Sendable, Hashable {
    package var name: String
    package var cell: Cell
    /// The address of a page, or nil if there is none.
    package var link: String?
    package init(_ name: String, _ text: String, _ tone: Tone = .plain, link: String? = nil) {
      self.name = name
      cell = Cell(text, tone)
      self.link = link
    }
  }

  /// A row of a table.
  package struct Row: Sendable, Hashable {
    package var cells: [Cell]
    /// Whether the row needs a person's attention.
    package var needsAttention: Bool
    package init(_ cells: [Cell], needsAttention: Bool = false) {
      self.cells = cells
      self.needsAttention = needsAttention
    }
  }

  package indirect enum Block: Sendable {
    case heading(String)
    case paragraph([Cell])
    case facts([Fact])
    case list([Cell])
    /// - Parameter isMatrix: whether the table has a column for each lifecycle event. Such a table is wide.
    case table(head: [String], rows: [Row], isMatrix: Bool)
    case timeline(Timeline)
    case plot(Plot)
    /// A section whose text appears only when a person opens the section.
    case folded(title: Cell, text: String)
  }

  package var title: String
  package var verdict: Cell
  package var blocks: [Block]

  package init(title: String, verdict: Cell, blocks: [Block] = []) {
    self.title = title
    self.verdict = verdict
    self.blocks = blocks
  }
}

/// A timeline, row by row.
package struct Timeline: Sendable, Hashable {
  package struct Bar: Sendable, Hashable {
    package var from: Timestamp
    package var to: Timestamp
    package var label: String
    package var tone: Document.Tone
    package init(_ from: Timestamp, _ to: Timestamp, _ label: String, _ tone: Document.Tone) {
      self.from = from
      self.to = to
      self.label = label
      self.tone = tone
    }
  }
  package struct Row: Sendable, Hashable {
    package var name: String
    package var bars: [Bar]
    package init(_ name: String, _ bars: [Bar]) {
      self.name = name
      self.bars = bars
    }
  }
  package var from: Timestamp
  package var to: Timestamp
  package var rows: [Row]
  package init(from: Timestamp, to: Timestamp, rows: [Row]) {
    self.from = from
    self.to = to
    self.rows = rows
  }
}
