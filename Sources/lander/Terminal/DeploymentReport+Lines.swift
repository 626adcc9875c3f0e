import DeployAppSpec

extension DeploymentReport {
  /// A line for each lifecycle event, and what went wrong.
  var lines: [String] {
    var lines = events.map { event in
      (event.status == .failed ? "failed    " : "succeeded ") + event.event
        + event.scripts.map { "  \($0.location): \($0.result.rawValue)" }.joined()
    }
    guard let error = error else { return lines }
    lines.append("\(error.line.map { "appspec line \($0): " } ?? "")\(error.message)")
    if let fix = error.fix { lines.append("  try: \(fix)") }
    if let log = error.log { lines += log.utf8.split(separator: UInt8(ascii: "\n")).suffix(20).map { "  | \(Substring($0))" } }
    if let restored = error.restored { lines.append(restored) }
    return lines
  }
}
