package import DeployModel

/// Writes entries as CloudEvents 1.0 in JSON, one a line, for programs that collect events of many kinds.
package struct CloudEvents: Sendable {
  private var lines = EntryLines()
  private var source = "/lander"
  package init() {}

  /// Returns one event as JSON, without a line break. Its id is `DEPLOYMENT/SEQ`, so that a receiver recognises a repeated event.
  package mutating func line(_ entry: Entry, of deployment: Deployment.ID) -> String {
    if case .planned(let plan) = entry.fact {
      source = "/lander/\(Self.segment(plan.subject.application))/\(Self.segment(plan.subject.group))"
    }
    let data = lines.value(entry, of: deployment)
    return JSON.text(
      JSON.record([
        ("specversion", "1.0"), ("id", .text("\(deployment)/\(entry.sequence)")), ("source", .text(source)),
        ("type", .text("lander.\(data["type"]?.text ?? "entry")")), ("subject", .text(deployment.rawValue)),
        ("time", .text(When.iso(entry.at))),
        ("datacontenttype", "application/json"), ("data", data),
      ]))
  }

  /// Returns a name as one segment of a path (RFC 3986). A byte that is not allowed in a segment becomes `%` and two hexadecimal digits.
  private static func segment(_ name: String) -> String {
    var text = ""
    for byte in name.utf8 {
      switch byte {
      case _ where byte.isPlainInName, 0x7E: text.unicodeScalars.append(Unicode.Scalar(byte))
      default: text += "%" + Hex.text([byte], upper: true)
      }
    }
    return text
  }
}
