/// Finds YAML keys that are lists or maps, before the library reads a text. The library compares the keys of each map. If a key contained
/// aliases of aliases, that could take years. JSON has no such keys, so nothing is lost.
///
/// The search does not recognise quotes, comments and blocks of text, so anything that could be such a key counts as one. In a text without
/// aliases, it counts only keys that begin with `?`.
struct YAMLKeys {
  /// The largest number of `?` keys in a text without aliases. The library compares each level of them again.
  private static let mostExplicit = 100

  /// Returns the line, counted from 1, of a key that the library must not read, or nil if there is none.
  static func unreadable(in text: String) -> Int? {
    var search = YAMLKeys(hasAliases: hasAliases(text))
    for scalar in text.unicodeScalars {
      if let line = search.take(scalar) { return line }
    }
    return nil
  }

  private let hasAliases: Bool
  private var line = 1
  private var explicit = 0
  /// Whether there have been only indicators and blanks on this line so far.
  private var isLead = true
  /// Whether there has already been an alias on this line. A key without `?` is on one line (YAML 1.2, section 7.4.2).
  private var hasAlias = false
  private var isInAlias = false
  /// Whether the text so far would be a key if a colon came next.
  private var awaitsColon = false
  private var previous: Unicode.Scalar = "\n"
  /// The last character that was not a blank.
  private var lastSign: Unicode.Scalar = "\n"

  private init(hasAliases: Bool) { self.hasAliases = hasAliases }

  private mutating func take(_ scalar: Unicode.Scalar) -> Int? {
    if Self.breaks.contains(scalar) {
      line += 1
      (isLead, hasAlias, isInAlias, awaitsColon) = (true, false, false, false)
      (previous, lastSign) = ("\n", "\n")
      return nil
    }
    defer { previous = scalar }
    if isInAlias, Self.isName(scalar) { return nil }
    isInAlias = false
    if scalar == " " || scalar == "\t" { return nil }
    defer { (isLead, lastSign) = (isLead && Self.leads.contains(scalar), scalar) }
    let isKey = awaitsColon && scalar == ":"
    awaitsColon = false
    switch scalar {
    case ":" where isKey: return line
    case "?" where isLead || Self.opens.contains(lastSign):
      explicit += 1
      return hasAliases || explicit > Self.mostExplicit ? line : nil
    case "*" where hasAliases && !Self.isName(previous): (hasAlias, isInAlias, awaitsColon) = (true, true, true)
    case "]", "}": awaitsColon = hasAlias
    default: break
    }
    return nil
  }

  /// The line breaks of YAML 1.1, which the library accepts.
  private static let breaks: [Unicode.Scalar] = ["\n", "\r", "\u{85}", "\u{2028}", "\u{2029}"]
  private static let leads: [Unicode.Scalar] = ["-", "?", ":"]
  private static let opens: [Unicode.Scalar] = ["[", "{", ","]

  private static func isName(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "A"..."Z", "0"..."9", "_": true
    case "-": true
    default: false
    }
  }

  /// Whether an anchor (&) and an alias (*) could be in the text.
  private static func hasAliases(_ text: String) -> Bool {
    var (previous, found): (UInt8, (anchor: Bool, alias: Bool)) = (0, (false, false))
    for byte in text.utf8 {
      if isName(Unicode.Scalar(byte)) {
        if previous == UInt8(ascii: "&") { found.anchor = true }
        if previous == UInt8(ascii: "*") { found.alias = true }
      }
      previous = byte
    }
    return found.anchor && found.alias
  }
}
