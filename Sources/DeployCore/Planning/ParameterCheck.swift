package import DeployModel

/// The parameters that a caller gave for a recipe, converted to the declared types. Each mistake is a problem of its own.
package struct ParameterCheck: Sendable, Hashable {
  package private(set) var values: Value = .record([])
  package private(set) var problems: [Problem] = []
  /// The problems of required parameters that were not given.
  private var missing: [Problem] = []

  /// Returns the problems. A missing parameter is not a problem if its value was already refused.
  /// - Parameter others: the problems that are already known. The problem of a refused value has the place of its parameter.
  package func problems(besides others: [Problem]) -> [Problem] {
    problems.filter { one in !missing.contains(one) || !others.contains { $0.place != nil && $0.place == one.place } }
  }

  /// - Parameters:
  ///   - inherited: parameters that the caller is allowed to omit, because the running release was deployed with values for them.
  ///   - given: the values that the caller typed. They take precedence over the group's values, which take precedence over the recipe's
  ///     defaults.
  package init(_ parameters: [Parameter], inherited: [Parameter] = [], given: [Value.Member], group: Value) {
    var read: [(String, Value)] = []
    let parameters =
      parameters + inherited.filter { one in given.contains { $0.name.isExactly(one.name) } || group[one.name] ?? .null != .null }
    for member in given where !parameters.contains(where: { $0.name.isExactly(member.name) }) {
      problems.append(
        Problem(
          "unknown parameter", subject: "--\(member.name)",
          fix: NearMatch.of(member.name, among: (parameters + inherited).map(\.name)).map { "did you mean --\($0)?" }
            ?? (parameters.isEmpty
              ? "this recipe has no parameters" : "lander show lists what the recipe takes")))
    }
    for parameter in parameters {
      let found = given.last { $0.name.isExactly(parameter.name) }?.value ?? group[parameter.name] ?? parameter.standard
      guard let found, found != .null else {
        let problem = Problem(
          "this parameter has to be given (\(parameter.kind.words))", place: parameter.place, subject: "--\(parameter.name)")
        missing.append(problem)
        problems.append(problem)
        continue
      }
      guard found != .text("") || parameter.standard != nil || group[parameter.name] != nil else {
        problems.append(
          Problem(
            "it is empty, and has to be given (\(parameter.kind.words))", place: parameter.place, subject: "--\(parameter.name)",
            fix: "give it a value; a recipe that takes an empty text declares default = \"\""))
        continue
      }
      if let value = parameter.kind.read(found) {
        read.append((parameter.name, value))
      } else if let problem = parameter.problem(with: found, from: "--\(parameter.name)") {
        problems.append(problem)
      }
    }
    values = .record(of: read)
  }
}

extension Parameter {
  /// Returns why a value is not valid for this parameter, or nil if it is valid.
  /// - Parameter source: the option, variable or file that the value comes from.
  package func problem(with value: Value, from source: String) -> Problem? {
    if kind.read(value) != nil { return nil }
    let (words, fix) = kind.flaw(of: value)
    return Problem("\(value.words) \(words)", place: place, subject: source, fix: fix)
  }
}

extension Parameter.Kind {
  /// The expected value in words: `a whole number from 1 to 9`.
  package var words: String {
    func range<T>(_ min: T?, _ max: T?) -> String {
      switch (min, max) {
      case (let min?, let max?): " from \(min) to \(max)"
      case (let min?, nil): " of at least \(min)"
      case (nil, let max?): " of at most \(max)"
      case (nil, nil): ""
      }
    }
    switch self {
    case .boolean: return "true or false"
    case .integer(let min, let max): return "a whole number" + range(min, max)
    case .number(let min, let max): return "a number" + range(min, max)
    case .percent: return "a percentage such as 10%"
    case .string(let match): return match.map { "a string that matches \($0)" } ?? "a string"
    case .choice(let choices): return "one of " + choices.joined(separator: ", ")
    case .duration: return "a length of time such as 90s or 5m, of at most 100 days"
    case .list(let choices, let match, let min, let max):
      let texts = match.map { "texts that match \($0), with commas between them" } ?? "texts with commas between them"
      return (choices.isEmpty ? texts : "texts of \(choices.joined(separator: ", ")), with commas between them") + Self.count(min, max)
    }
  }

  private static func count(_ min: Int?, _ max: Int?) -> String {
    switch (min, max) {
    case (let min?, let max?): min == max ? ", exactly \(min)" : ", \(min) to \(max) of them"
    case (let min?, nil): ", at least \(min)"
    case (nil, let max?): ", at most \(max)"
    case (nil, nil): ""
    }
  }

  /// Returns what is wrong with a value that does not fit, as a verb phrase, and what to do about it.
  package func flaw(of value: Value) -> (words: String, fix: String?) {
    switch self {
    case .number: if let (words, fix) = value.inexact { return (words, fix) }
    case .integer:
      guard let digits = value.text.flatMap(Value.wholeDigits), Int(digits) == nil else { break }
      return digits.hasPrefix("-")
        ? ("is beyond the smallest whole number, \(Int.min)", "give a larger one")
        : ("is beyond the largest whole number, \(Int.max)", "give a smaller one")
    default: break
    }
    return ("is not \(words)", near(value))
  }

  /// Returns the choice that the caller probably meant by a value that is not one of the choices, or nil if no choice is similar.
  fileprivate func near(_ value: Value) -> String? {
    switch self {
    case .choice(let choices): return value.text.flatMap { Self.near($0, choices) }
    case .list(let choices, _, _, _):
      return Self.items(value)?.lazy.compactMap { choices.contains(exactly: $0) ? nil : Self.near($0, choices) }.first
    default: return nil
    }
  }
  private static func near(_ text: String, _ choices: [String]) -> String? {
    NearMatch.of(text, among: choices).map { "did you mean \"\($0)\"?" }
  }

  /// The strings of a list, which is either typed with commas between the items or written as a Lua list. Nil if an item is empty or not a
  /// string.
  private static func items(_ value: Value) -> [String]? {
    let items: [String?]
    switch value {
    case .text(""): items = []
    case .text(let text): items = text.parts(at: ",", keepingEmpty: true).map { withoutBlanks($0) }
    case .int(let int): items = ["\(int)"]
    case .list(let list): items = list.map { $0.text ?? $0.int.map(String.init) }
    case .record(let members) where members.isEmpty: items = []
    default: return nil
    }
    let texts = items.compactMap { $0 }.filter { !$0.isEmpty }
    return texts.count == items.count ? texts : nil
  }

  private static func withoutBlanks(_ text: Substring) -> String {
    String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }

  /// Whether a string matches a pattern. Without a pattern, every string matches. With an invalid pattern, none does.
  private static func fits(_ text: String, _ match: String?) -> Bool {
    guard let match else { return true }
    return LuaPattern(match)?.matches(text) ?? false
  }

  /// Returns the value (typed text or a Lua value) converted to this kind of parameter, or nil if it does not fit.
  package func read(_ value: Value) -> Value? {
    switch (self, value) {
    case (.boolean, .bool): return value
    case (.boolean, .text(let text)):
      switch text.lowercased() {
      case "true", "yes", "on", "1": return true
      case "false", "no", "off", "0": return false
      default: return nil
      }
    case (.integer(let min, let max), _):
      guard let int = value.int ?? value.text.flatMap(Value.wholeDigits).flatMap({ Int($0) }), int >= min ?? .min, int <= max ?? .max
      else { return nil }
      return .int(int)
    case (.number(let min, let max), _):
      guard let number = value.exactNumber, number.isWithin(min, max) else { return nil }
      return number
    case (.percent, _):
      let text = value.text.map { $0.hasSuffix("%") ? String($0.dropLast()) : $0 }
      guard let number = text.map({ Double(decimal: $0) }) ?? value.double, (0...100).contains(number) else { return nil }
      if number == 0, let text, Value.isSmall(text) { return nil }
      return .text(number.unscaled + "%")
    case (.string(let match), .text(let text)): return Self.fits(text, match) ? value : nil
    case (.string(let match), .int(let int)): return Self.fits("\(int)", match) ? .text("\(int)") : nil
    case (.choice(let choices), .text(let text)): return choices.contains(exactly: text) ? value : nil
    case (.duration, .text(let text)): return Interval(text) == nil ? nil : value
    case (.duration, .int(let int)): return Interval("\(int)").map { _ in .text("\(int)s") }
    case (.duration, .number(let number)): return Interval(number.unscaled).map { _ in .text(number.unscaled + "s") }
    case (.list(let choices, let match, let min, let max), _):
      guard let items = Self.items(value), items.count >= min ?? 0, items.count <= max ?? .max else { return nil }
      let isFit = items.allSatisfy { (choices.isEmpty || choices.contains(exactly: $0)) && Self.fits($0, match) }
      return isFit ? .list(items.map { .text($0) }) : nil
    default: return nil
    }
  }
}

extension Value {
  /// The value as a number, even if it is a string that contains a number, or nil if it is not a number.
  package var double: Double? {
    switch self {
    case .int(let int): Double(int)
    case .number(let number): number
    case .text(let text): Double(decimal: text)
    default: nil
    }
  }

  /// The value as messages quote it.
  package var words: String {
    switch self {
    case .null: "nothing"
    case .bool(let bool): "\(bool)"
    case .int(let int): "\(int)"
    case .number(let number): "\(number)"
    case .text(let text): "\"\(text)\""
    case .list: "a list"
    case .record: "a table"
    }
  }
}

extension [String] {
  /// Whether one of the choices has the same bytes. Hooks get the value as it was given, and compare bytes.
  fileprivate func contains(exactly text: String) -> Bool { contains { $0.isExactly(text) } }
}
