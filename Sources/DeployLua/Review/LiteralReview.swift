import DeployModel

/// Checks whether fields accept the values that sources contain literally. The types of the prelude decide.
struct LiteralReview {
  private var found: [(value: Value, type: String, subject: String, place: SourcePlace)] = []

  /// - Parameter subject: what the value is for, as messages say it.
  mutating func add(_ value: Value, as type: String, _ subject: String, _ place: SourcePlace) {
    found.append((value, type, subject, place))
  }

  /// Returns the value of a token, or nil if it is not a value or only Lua can compute it.
  static func value(_ token: Token) -> Value? {
    switch token.kind {
    case .text: token.text.contains("\\") ? nil : .text(String(token.text))
    case .number: number(token.text)
    case .name: token.text == "true" ? true : token.text == "false" ? false : nil
    case .sign: nil
    }
  }

  /// Reads a number. Hexadecimal numbers are read only if they are whole.
  private static func number(_ text: Substring) -> Value? {
    if text.lowercased().hasPrefix("0x") { return Int(text.dropFirst(2), radix: 16).map { .int($0) } }
    return Int(text).map { .int($0) } ?? Double(text).map { .number($0) }
  }

  /// Returns a warning for each value that its field does not accept. There are no warnings if the prelude cannot decide.
  func warnings() -> [Problem] {
    guard !found.isEmpty, let state = try? LuaState(prelude: .own, limits: LuaLimits()) else { return [] }
    let list = Value.list(found.map { .record(of: [("type", .text($0.type)), ("value", $0.value)]) })
    let task = state.start(state.number("load_number"), .literals(list), whole: true)
    guard let task, case .returned(let value) = task.step(WireWriter()), let verdicts = value.list else { return [] }
    return zip(found, verdicts).compactMap { one, verdict in
      guard let expected = verdict["expected"]?.text, let got = verdict["got"]?.text else { return nil }
      return Problem("\(one.subject) must be \(expected), got \(got)", place: one.place, fix: verdict["fix"]?.text)
    }
  }
}
