import DeployCore
import DeployModel

extension Freeze.Rule {
  /// Returns the freeze that is in force and the next ones, for people who read a plan.
  /// - Parameter moment: the time at which the plan was made.
  func sentence(at moment: Timestamp) -> String {
    var words: [String] = []
    if let override { words.append("set aside: \(override)") }
    let coming = times.filter { $0.until > moment }
    if let held = coming.first, held.holds(moment) {
      let end = FreezeCalendar.isEndless(held, from: moment) ? "and leaves no free time in the next five weeks" : "until \(held.end)"
      words.append("\"\(held.name)\" holds now, \(end)" + (override == nil ? ": deploy is refused" : ""))
    }
    let later = coming.filter { !$0.holds(moment) }
    words += later.prefix(2).map { "\"\($0.name)\" from \($0.begin) to \($0.end)" }
    if later.count > 2 { words.append("\(later.count - 2) more in the next five weeks") }
    return words.isEmpty ? "none in the next five weeks" : SafeText.line(words.joined(separator: "; "))
  }

  /// Returns the freezes of a plan, as data for programs.
  /// - Parameter moment: when the plan was made.
  func value(at moment: Timestamp) -> Value {
    JSON.record([
      ("holds", .bool(times.contains { $0.holds(moment) })), ("override", override.map { .text($0) }),
      (
        "times",
        .list(
          times.map { time in
            JSON.record([
              ("name", .text(time.name)), ("from", .text(When.iso(time.from))),
              ("until", FreezeCalendar.isEndless(time, from: moment) ? nil : .text(When.iso(time.until))),
            ])
          })
      ),
    ])
  }
}
