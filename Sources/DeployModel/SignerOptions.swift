/// The options of a line of `allowed_signers`, by the rules of ssh-keygen(1) and of OpenSSH's sshsig.c: names with quoted values, separated
/// by commas.
struct SignerOptions {
  /// Patterns for the purposes of signatures, or nil for any purpose.
  private(set) var namespaces: [Substring]?
  /// The first and the last day on which the key is valid, in days since 1970-01-01, or nil if there is no limit.
  private(set) var (begin, end): (Int?, Int?)
  /// Whether the key is a certificate authority's: it signs certificates, not texts.
  private(set) var isAuthority = false

  /// - Returns: nil if ssh-keygen refuses the line because of an unknown option, missing quotes or an invalid time.
  init?(_ text: String) {
    for option in Self.parts(of: text) {
      if option.lowercased() == "cert-authority" {
        isAuthority = true
      } else if let names = Self.value(of: "namespaces", in: option) {
        guard namespaces == nil, !names.isEmpty else { return nil }
        namespaces = names.split(separator: ",")
      } else if let time = Self.value(of: "valid-after", in: option) {
        guard begin == nil, let day = Self.day(time) else { return nil }
        begin = day
      } else if let time = Self.value(of: "valid-before", in: option) {
        guard end == nil, let day = Self.day(time) else { return nil }
        end = day
      } else {
        return nil
      }
    }
  }

  /// Whether signatures for a purpose count. A pattern that begins with `!` excludes every purpose that it matches, even if another pattern
  /// matches that purpose.
  func allows(_ namespace: String) -> Bool {
    guard let namespaces else { return true }
    let excludes = namespaces.contains { $0.hasPrefix("!") && Self.matches(Array(namespace.utf8)[...], Array($0.dropFirst().utf8)[...]) }
    return !excludes && namespaces.contains { Self.matches(Array(namespace.utf8)[...], Array($0.utf8)[...]) }
  }

  /// Splits at commas outside quotes.
  private static func parts(of text: String) -> [String] {
    var parts: [String] = []
    var (part, isQuoted) = ("", false)
    for character in text {
      if character == "\"" { isQuoted.toggle() }
      if character == ",", !isQuoted {
        parts.append(part)
        part = ""
      } else {
        part.append(character)
      }
    }
    return text.isEmpty ? [] : parts + [part]
  }

  private static func value(of name: String, in option: String) -> String? {
    guard option.lowercased().hasPrefix(name + "=\""), option.hasSuffix("\""), option.count > name.count + 2 else { return nil }
    return String(option.dropFirst(name.count + 2).dropLast())
  }

  /// The day of `20261231`, `202612312359` or `20261231235959`, each with or without a final Z.
  private static func day(_ time: String) -> Int? {
    let digits = time.hasSuffix("Z") ? time.dropLast() : Substring(time)
    guard [8, 12, 14].contains(digits.utf8.count), digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    func number(_ from: Int, _ count: Int) -> Int { Int(digits.dropFirst(from).prefix(count)) ?? 0 }
    let (year, month, day) = (number(0, 4), number(4, 2), number(6, 2))
    guard (1...12).contains(month), (1...31).contains(day), number(8, 2) < 24, number(10, 2) < 60, number(12, 2) <= 60 else { return nil }
    return Civil.days(year, month, day)
  }

  /// Whether a pattern with `*` and `?` matches a whole string.
  private static func matches(_ text: ArraySlice<UInt8>, _ pattern: ArraySlice<UInt8>) -> Bool {
    guard let sign = pattern.first else { return text.isEmpty }
    if sign == UInt8(ascii: "*") {
      return matches(text, pattern.dropFirst()) || (!text.isEmpty && matches(text.dropFirst(), pattern))
    }
    guard let first = text.first, sign == UInt8(ascii: "?") || sign == first else { return false }
    return matches(text.dropFirst(), pattern.dropFirst())
  }
}
