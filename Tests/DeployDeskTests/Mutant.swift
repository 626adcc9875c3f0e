import DeployLua
import DeployModel

/// A source with one small mistake on an executable line, which a good spec must find.
struct Mutant: Sendable, CustomStringConvertible {
  var path: String
  var line: Int
  /// The line before and the line after the change.
  var change: String { "\(before)  →  \(now.isEmpty ? "(left out)" : now)" }
  var before: String
  /// The changed line; empty: the line was left out.
  var now: String
  var text: String

  var description: String { "\(path):\(line): \(change)" }

  /// Returns every mutant of a source: each executable line with a negated condition, without its call, and with another constant.
  static func all(of file: SourceFile) -> [Mutant] {
    let lines = file.text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let quoted = quotedLines(lines)
    var mutants: [Mutant] = []
    for number in Coverage().covered(file).lines.map(\.number) where number <= lines.count && !quoted.contains(number) {
      let line = lines[number - 1]
      for changed in [negated(line), without(line), otherConstant(line)].compactMap({ $0 }) where changed != line {
        var all = lines
        all[number - 1] = changed
        let text = all.joined(separator: "\n")
        mutants.append(Mutant(path: file.path, line: number, before: trimmed(line), now: trimmed(changed), text: text))
      }
    }
    return mutants
  }

  private static func trimmed(_ line: String) -> String {
    var text = Substring(line).drop(while: \.isWhitespace)
    while text.last?.isWhitespace == true { text.removeLast() }
    return String(text)
  }

  /// Returns the numbers of lines inside long strings `[[ … ]]`, which contain no code.
  private static func quotedLines(_ lines: [String]) -> Set<Int> {
    var (inside, found): (String?, Set<Int>) = (nil, [])
    for (index, line) in lines.enumerated() {
      if let end = inside {
        found.insert(index + 1)
        if line.contains(end) { inside = nil }
      } else if line.contains("[==["), !line.contains("]==]") {
        inside = "]==]"
      } else if line.contains("[["), !line.contains("]]") {
        inside = "]]"
      }
    }
    return found
  }

  /// Returns the line with spaces in the place of strings and comments, so that only code is left. Its length does not change.
  private static func code(_ line: String) -> [Character] {
    var code: [Character] = []
    var quote: Character?
    var (skips, comments) = (false, false)
    let all = Array(line)
    for (index, character) in all.enumerated() {
      if comments || skips {
        code.append(" ")
        skips = false
      } else if let open = quote {
        code.append(character == open ? open : " ")
        if character == open { quote = nil }
        if character == "\\" { skips = true }
      } else if character == "-", index + 1 < all.count, all[index + 1] == "-" {
        comments = true
        code.append(" ")
      } else {
        if character == "\"" || character == "'" { quote = character }
        code.append(character)
      }
    }
    return code
  }

  private static func replaced(_ line: String, _ range: Range<Int>, by text: String) -> String {
    var all = Array(line)
    all.replaceSubrange(range, with: Array(text))
    return String(all)
  }

  private static func place(of part: String, in code: [Character], from start: Int = 0) -> Range<Int>? {
    let part = Array(part)
    guard code.count >= part.count, start <= code.count - part.count else { return nil }
    return (start...(code.count - part.count)).first { Array(code[$0..<($0 + part.count)]) == part }.map { $0..<($0 + part.count) }
  }

  // MARK: the three changes

  /// Negates a condition or a comparison; nil: the line has none.
  private static func negated(_ line: String) -> String? {
    let code = code(line)
    for (word, end) in [("elseif ", " then"), ("if ", " then"), ("while ", " do")] {
      guard let begin = place(of: word, in: code), let last = place(of: end, in: code, from: begin.upperBound) else { continue }
      let condition = String(Array(line)[begin.upperBound..<last.lowerBound])
      return replaced(line, begin.upperBound..<last.lowerBound, by: "not (\(condition))")
    }
    let others = [
      ("==", "~="), ("~=", "=="), ("<=", ">"), (">=", "<"), (" < ", " >= "), (" > ", " <= "), (" and ", " or "), (" or ", " and "),
    ]
    for (one, other) in others {
      if let found = place(of: one, in: code) { return replaced(line, found, by: other) }
    }
    return nil
  }

  /// Leaves out a line that is a single call; nil: it is none.
  private static func without(_ line: String) -> String? {
    let text = trimmed(String(code(line)))
    let name = text.prefix { $0.isLetter || $0.isNumber || "_.:".contains($0) }
    let keywords = ["local", "return", "if", "for", "while", "repeat", "until", "end", "else", "elseif", "function", "do", "break"]
    guard let first = name.first, first.isLetter, !keywords.contains(String(name)) else { return nil }
    let rest = text.dropFirst(name.count)
    let isCall = rest.hasPrefix("(") || rest.hasPrefix(" {") || rest.hasPrefix(" \"")
    guard isCall, rest.hasSuffix(")") || rest.hasSuffix("}") || rest.hasSuffix("\"") else { return nil }
    // A call that continues on the next line cannot be left out.
    let opened = text.count { "({".contains($0) }
    let closed = text.count { ")}".contains($0) }
    return opened == closed ? String(line.prefix { $0.isWhitespace }) : nil
  }

  /// Changes a number, a boolean or a string; nil: the line has none.
  private static func otherConstant(_ line: String) -> String? {
    let (code, all) = (code(line), Array(line))
    for index in code.indices where code[index].isNumber {
      let before = index > 0 ? code[index - 1] : " "
      guard !before.isLetter, !before.isNumber, before != "_", before != "." else { continue }
      var end = index
      while end < code.count, code[end].isNumber { end += 1 }
      guard end == code.count || !(code[end].isLetter || code[end] == "."), let value = Int(String(all[index..<end])) else { continue }
      return replaced(line, index..<end, by: "\(value + 1)")
    }
    for (one, other) in [("true", "false"), ("false", "true")] {
      if let found = place(of: one, in: code) { return replaced(line, found, by: other) }
    }
    guard let begin = code.firstIndex(of: "\""), let end = code[(begin + 1)...].firstIndex(of: "\"") else { return nil }
    return replaced(line, (begin + 1)..<end, by: "~")
  }
}
