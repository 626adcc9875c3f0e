import DeployModel

extension Timeline {
  /// Sizes in the drawing's own units: the height of a row, the room for the axis and for names, and the whole width.
  private static let (rowHeight, axis, names, width) = (24, 26, 210, 1000)

  /// The timeline as an SVG drawing. The page sets its colours.
  var svg: String {
    let height = rows.count * Self.rowHeight + Self.axis
    let head =
      "<div class=\"wide\" tabindex=\"0\"><svg class=\"timeline\" viewBox=\"0 0 \(Self.width) \(height)\" role=\"img\" "
      + "aria-label=\"Waves and hosts in time\">\n"
    return head + ticks(height) + rows.enumerated().map(row).joined() + "</svg></div>\n"
  }

  private func row(_ index: Int, _ row: Row) -> String {
    let top = index * Self.rowHeight
    let name = row.name.count > 28 ? row.name.prefix(27) + "…" : row.name
    var text = "<text x=\"\(Self.names - 8)\" y=\"\(top + 16)\" class=\"name\">\(HTMLText.escaped(String(name)))</text>\n"
    for bar in row.bars {
      let (left, right) = (place(bar.from), max(place(bar.from) + 3, place(bar.to)))
      let label = "\(bar.label), \(bar.to - bar.from)"
      text +=
        "<g><title>\(HTMLText.escaped("\(row.name): \(label)"))</title><rect class=\"\(bar.tone.rawValue)\" x=\"\(left)\" y=\"\(top + 3)\" "
        + "width=\"\(right - left)\" height=\"18\" rx=\"3\"/>"
      // A character takes about seven units. A label that does not fit appears only in the tooltip.
      if label.count * 7 + 12 < right - left {
        text += "<text x=\"\(left + 6)\" y=\"\(top + 16)\" class=\"inside\">\(HTMLText.escaped(label))</text>"
      }
      text += "</g>\n"
    }
    return text
  }

  private func ticks(_ height: Int) -> String {
    let whole = (to - from).milliseconds
    return (0...4).map { step in
      let left = Self.names + (Self.width - Self.names - 10) * step / 4
      let label = HTMLText.escaped(step == 0 ? "0" : "\(Interval(milliseconds: whole / 4 * step))")
      let anchor = step == 0 ? "start" : step == 4 ? "end" : "middle"
      return "<line x1=\"\(left)\" y1=\"0\" x2=\"\(left)\" y2=\"\(height - Self.axis)\"/>"
        + "<text x=\"\(left)\" y=\"\(height - 8)\" class=\"tick\" text-anchor=\"\(anchor)\">\(label)</text>\n"
    }.joined()
  }

  private func place(_ moment: Timestamp) -> Int {
    let whole = max(1, (to - from).milliseconds)
    let part = max(0, min(whole, (moment - from).milliseconds))
    return Self.names + part * (Self.width - Self.names - 10) / whole
  }
}
