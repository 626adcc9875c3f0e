import DeployCore
import DeployModel

/// The output of `l_http` for one answer: the status and the beginning of the body.
struct HTTPAnswer {
  /// The status, or nil if there was no answer.
  let status: Int?
  /// At most three lines and 300 characters of the body, joined into one line. Empty if the client does not show the body.
  let excerpt: String

  init(_ output: String) {
    let mark = "lander-status "
    var start = output.startIndex
    var found: Range<String.Index>?
    while let hit = output[start...].firstRange(of: mark) { (found, start) = (hit, hit.upperBound) }
    status = found.flatMap { Int(output[$0.upperBound...].prefix { $0.isNumber }) }
    excerpt = HTTPAnswer.excerpt(String(output[..<(found?.lowerBound ?? output.endIndex)]))
  }

  /// Returns why the status is not one of the wanted ones, or nil if it is. If `wanted` is empty, every status from 200 to 399 is wanted.
  func refusal(wanted: [Int]) -> String? {
    let code = status ?? 0
    guard wanted.isEmpty ? !(200...399).contains(code) : !wanted.contains(code) else { return nil }
    return "status \(code)" + (excerpt.isEmpty ? "" : ": " + excerpt)
  }

  /// Returns the first three lines of an output, joined into one line of at most 300 characters. They say why something is unhealthy.
  static func excerpt(_ text: String) -> String {
    let lines = text.fullLines.lazy.map { String($0).trimmed }.filter { !$0.isEmpty }
    let line = lines.prefix(3).joined(separator: " / ")
    return line.count > 300 ? line.prefix(299) + "…" : line
  }
}

extension HTTPAnswer {
  /// Returns the client's time limit in seconds, from 1 to 30. It is one second less than the operation's, so that the client can report
  /// its own error.
  static func seconds(within timeout: Interval) -> Int { max(1, min(timeout.milliseconds / 1000 - 1, 30)) }
}

extension Outcome {
  /// Turns the outcome of a check's command into the outcome of the check, whose value says yes or no. For a *no*, the failure's message
  /// includes the command's output.
  mutating func becomeAnswer() {
    if failure?.kind == .command {
      failure?.kind = .unhealthy
      let said = HTTPAnswer.excerpt((stderr?.text ?? "") + "\n" + (stdout?.text ?? ""))
      if !said.isEmpty { failure?.message += ": " + said }
    }
    if failure == nil || failure?.kind == .unhealthy { value = .bool(failure == nil) }
  }
}
