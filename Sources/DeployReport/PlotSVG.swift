extension Plot {
  /// Sizes in the drawing's own units: the height of a row and of the title, the room for names and labels, and the whole width.
  private static let (rowHeight, head, names, labels, width) = (26, 6, 300, 210, 1000)

  /// The plot as an SVG drawing. The page sets its colours.
  var svg: String {
    let height = rows.count * Self.rowHeight + Self.head
    let name = HTMLText.escaped(title)
    return "<figure><figcaption>\(name)</figcaption><div class=\"wide\" tabindex=\"0\"><svg class=\"timeline plot\" "
      + "viewBox=\"0 0 \(Self.width) \(height)\" role=\"img\" aria-label=\"\(name)\">\n"
      + "<line x1=\"\(Self.names)\" y1=\"0\" x2=\"\(Self.names)\" y2=\"\(height)\"/>\n" + rows.enumerated().map(row).joined()
      + "</svg></div></figure>\n"
  }

  private func row(_ index: Int, _ row: Row) -> String {
    let (top, room) = (index * Self.rowHeight + Self.head, Self.width - Self.names - Self.labels)
    let name = row.name.count > 42 ? row.name.prefix(41) + "…" : row.name
    let (usual, most) = (part(row.usual, of: room), part(row.most, of: room))
    var text = "<g><title>\(HTMLText.escaped("\(row.name): \(row.label)"))</title>"
    text += "<text x=\"\(Self.names - 8)\" y=\"\(top + 14)\" class=\"name\">\(HTMLText.escaped(String(name)))</text>"
    // The usual value is a bar. A line continues from the bar's end to the largest value.
    if usual > 0 {
      text += "<rect class=\"\(row.tone.rawValue)\" x=\"\(Self.names)\" y=\"\(top + 2)\" width=\"\(usual)\" height=\"16\" rx=\"2\"/>"
    }
    if most > usual {
      let (from, to) = (Self.names + usual, Self.names + most)
      text += "<path class=\"most\" d=\"M\(from) \(top + 10)H\(to)M\(to) \(top + 5)V\(top + 15)\"/>"
    }
    let end = Self.names + max(usual, most) + 8
    return text + "<text x=\"\(end)\" y=\"\(top + 14)\" class=\"tick\">\(HTMLText.escaped(row.label))</text></g>\n"
  }
}
