import DeployReport

/// What Tab does with the text before the cursor.
struct Completion: Hashable {
  /// The text with which every possible word continues. Empty if the words continue differently, or if there is no possible word.
  private(set) var added = ""
  /// The possible words. Empty unless there are several and they continue differently.
  private(set) var listed: [String] = []

  /// Returns the unfinished word at the end of a text: a name, or names with `.` or `:` between them.
  static func word(of left: String) -> String {
    String(left.reversed().prefix { $0.isASCII && ($0.isLetter || $0.isNumber || "_.:".contains($0)) }.reversed())
  }

  /// - Parameters:
  ///   - word: the unfinished word.
  ///   - words: the known words. Those that do not begin with `word` are ignored.
  init(of word: String, among words: [String]) {
    var possible: [String] = []
    for known in words where known.hasPrefix(word) {
      let step = Completion.step(of: known, after: word.count)
      if step != word, !possible.contains(step) { possible.append(step) }
    }
    guard let first = possible.first else { return }
    let shared = possible.dropFirst().reduce(first) { String(zip($0, $1).prefix { $0 == $1 }.map(\.0)) }
    added = String(shared.dropFirst(word.count))
    if added.isEmpty { listed = possible }
  }

  /// Returns a word up to the end of its next name. If a separator comes next, returns the word up to and including that separator.
  private static func step(of known: String, after count: Int) -> String {
    let rest = known.dropFirst(count)
    let isSeparator = { (sign: Character) in sign == "." || sign == ":" }
    if let first = rest.first, isSeparator(first) { return String(known.prefix(count + 1)) }
    return String(known.prefix(count) + rest.prefix { !isSeparator($0) })
  }

  /// The largest number of listed words that are shown.
  private static let mostShown = 120

  /// The listed words in columns.
  /// - Parameter width: the width of the terminal, in columns.
  func lines(within width: Int) -> [String] {
    let shown = listed.prefix(Completion.mostShown)
    let widest = (shown.map(\.count).max() ?? 0) + 2
    let perLine = max(1, width / widest)
    var lines = stride(from: 0, to: shown.count, by: perLine).map { start in
      let line = shown[start..<min(start + perLine, shown.count)].map { $0.padded(to: widest) }.joined()
      return String(line.reversed().drop { $0 == " " }.reversed())
    }
    if listed.count > shown.count { lines.append("and \(listed.count - shown.count) more") }
    return lines
  }
}
