/// A scalar of an appspec file, resolved in the same way as in the CodeDeploy agent's YAML 1.1 reader.
package enum SpecScalar: Sendable, Hashable {
  case null
  case bool(Bool)
  case int(Int)
  case number(Double)
  case text(String)
  /// A symbol: `:word`.
  case symbol(String)
  /// A date, which the agent's reader refuses to load.
  case date(String)

  /// Whether the scalar counts as true. Everything except null and false does.
  package var isTruthy: Bool {
    switch self {
    case .null, .bool(false): false
    default: true
    }
  }

  /// The text that the agent prints for the scalar. For example, an unquoted `0644` is printed as `420`.
  package var printed: String {
    switch self {
    case .null: ""
    case .bool(let bool): bool ? "true" : "false"
    case .int(let int): String(int)
    case .number(let number): "\(number)"
    case .text(let text), .symbol(let text), .date(let text): text
    }
  }

  /// Resolves a plain scalar, which has no quotes and no tag. The rules are tried in the same order as in the agent's reader: words, times,
  /// dates, special numbers, symbols, base 60, decimals, and whole numbers in base 2, 8, 10 and 16. Everything else is text.
  package init(plain text: String) {
    let word = text.lowercased()
    switch word {
    case "", "~", "null": self = .null
    case "yes", "true", "on": self = .bool(true)
    case "no", "false", "off": self = .bool(false)
    case ".inf", "+.inf": self = .number(.infinity)
    case "-.inf": self = .number(-.infinity)
    case ".nan": self = .number(.nan)
    default:
      if text.hasPrefix(":"), text.count > 1 {
        self = .symbol(String(text.dropFirst()))
      } else if Self.isDate(text) {
        self = .date(text)
      } else {
        self = Self.sexagesimal(text) ?? Self.decimal(text) ?? Self.whole(text) ?? .text(text)
      }
    }
  }

  /// Returns whether a string is a date such as `2026-01-31`. Months and days can have one digit.
  private static func isDate(_ text: String) -> Bool {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0].count == 4, parts.allSatisfy({ $0.utf8.allSatisfy(isDigit) }) else { return false }
    guard (1...2).contains(parts[1].count), (1...2).contains(parts[2].count) else { return false }
    return (1...12).contains(Int(parts[1]) ?? 0) && (1...31).contains(Int(parts[2]) ?? 0)
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }

  /// Reads a number in base 60: `1:30` is 5400, and `1:02:03` is 3723. Two parts are hours and minutes.
  private static func sexagesimal(_ text: String) -> SpecScalar? {
    let (sign, rest) = split(text)
    let parts = rest.split(separator: ":", omittingEmptySubsequences: false)
    guard (2...3).contains(parts.count), let head = parts.first, head.utf8.first.map(isDigit) == true, head.count < 12 else { return nil }
    guard head.utf8.allSatisfy({ isDigit($0) || $0 == 95 }) else { return nil }
    var last = parts[parts.count - 1]
    let fraction = last.contains(".")
    if let point = last.firstIndex(of: ".") {
      guard last[last.index(after: point)...].utf8.allSatisfy({ isDigit($0) || $0 == 95 }) else { return nil }
      last = last[..<point]
    }
    for part in parts.dropFirst().dropLast() + [last] {
      guard (1...2).contains(part.count), let number = Int(part), number < 60, part.utf8.allSatisfy(isDigit) else { return nil }
    }
    var total = 0.0
    for (part, weight) in zip(parts, [3600.0, 60, 1]) { total += (Double(part.filter { $0 != "_" }) ?? 0) * weight }
    total *= sign
    return fraction ? .number(total) : .int(Int(total))
  }

  /// Reads digits with a point: `0.0`, `.5`, `1.`, `1.5e+3`. A string without a point is not a decimal, so `1e3` is text.
  private static func decimal(_ text: String) -> SpecScalar? {
    let (sign, rest) = split(text)
    guard let point = rest.firstIndex(of: "."), rest != "." else { return nil }
    let head = rest[..<point]
    guard head.isEmpty || (head.utf8.first.map(isDigit) == true && head.utf8.allSatisfy { isDigit($0) || $0 == 95 || $0 == 44 })
    else { return nil }
    var tail = rest[rest.index(after: point)...]
    var exponent: Substring = ""
    if let letter = tail.firstIndex(where: { $0 == "e" || $0 == "E" }) {
      exponent = tail[tail.index(after: letter)...]
      tail = tail[..<letter]
      guard let first = exponent.first, first == "+" || first == "-", exponent.count > 1 else { return nil }
      guard exponent.dropFirst().utf8.allSatisfy(isDigit) else { return nil }
    }
    guard tail.utf8.allSatisfy(isDigit) else { return nil }
    let digits = head.filter { $0 != "_" && $0 != "," }
    let plain = (digits.isEmpty ? "0" : digits) + "." + (tail.isEmpty ? "0" : tail) + (exponent.isEmpty ? "" : "e" + exponent)
    return Double(plain).map { .number(sign * $0) }
  }

  /// Reads a whole number: `0b11`, `017` (octal), `1_000`, `0x1f`. `08` and `0o17` are text.
  private static func whole(_ text: String) -> SpecScalar? {
    let (sign, rest) = split(text)
    func read(_ digits: Substring, _ radix: Int) -> SpecScalar? {
      guard digits.utf8.first.map({ $0 != 43 && $0 != 45 }) == true else { return nil }
      return Int(digits.filter { $0 != "_" && $0 != "," }, radix: radix).map { .int(sign < 0 ? -$0 : $0) }
    }
    if rest.hasPrefix("0b") { return read(rest.dropFirst(2), 2) }
    if rest.hasPrefix("0x") { return read(rest.dropFirst(2), 16) }
    if rest.hasPrefix("0"), rest.count > 1 { return read(rest.dropFirst(1), 8) }
    guard rest.utf8.first.map(isDigit) == true else { return nil }
    for separator in ["__", "_,", ",_", ",,"] where rest.contains(separator) { return nil }
    guard let last = rest.utf8.last, isDigit(last) else { return nil }
    return read(rest, 10)
  }

  private static func split(_ text: String) -> (sign: Double, rest: Substring) {
    if text.hasPrefix("-") { return (-1, text.dropFirst()) }
    return (1, text.hasPrefix("+") ? text.dropFirst() : Substring(text))
  }
}
