import DeployLua
import DeployModel
import Testing

/// A small random number generator that gives equal cases for equal seeds.
struct Dice: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}

@Suite struct PatternTests {
  /// Returns a text of only a few different characters, so that patterns match often.
  func subject(_ dice: inout Dice) -> String {
    let letters = ["a", "b", "ab", "aab", "1", "23", " ", ",", "(", ")", "[", "]", "%", "-", "x.y", "\n", "é", "A"]
    return (0..<Int.random(in: 0...12, using: &dice)).map { _ in letters.randomElement(using: &dice) ?? "" }.joined()
  }

  func pattern(_ dice: inout Dice) -> String {
    let items = [
      "a", "b", ".", "%a", "%d", "%s", "%w", "%p", "%u", "%A", "%D", "[ab]", "[^a]", "[a-f1-3]", "[%d%s]", "[]]", "[^]a]", "[a-]", "%b()",
      "%b[]", "%f[%w]", "%f[^%w]", "%1", "%2", "%%", "%.", "(", ")", "()", "^", "$", "-", "%(", "é", "[", "]", "%", "%f", "%b", "[a", "[%",
    ]
    let suffixes = ["", "", "", "*", "+", "-", "?"]
    var text = Int.random(in: 0..<6, using: &dice) == 0 ? "^" : ""
    var open = 0
    for _ in 0..<Int.random(in: 0...6, using: &dice) {
      // The last items are malformed, and are chosen rarely.
      let last = Int.random(in: 0..<12, using: &dice) == 0 ? items.count : items.count - 8
      let item = items[Int.random(in: 0..<last, using: &dice)]
      if item == "(" { open += 1 }
      text += item + (suffixes.randomElement(using: &dice) ?? "")
      if open > 0, Int.random(in: 0..<3, using: &dice) == 0 {
        text += ")"
        open -= 1
      }
    }
    text += String(repeating: ")", count: open)
    return text + (Int.random(in: 0..<8, using: &dice) == 0 ? "$" : "")
  }

  @Test("find, match, gmatch and gsub agree with stock Lua on thousands of patterns", arguments: [11, 22, 33, 44] as [UInt64])
  func agree(seed: UInt64) {
    var dice = Dice(state: seed)
    let replacements = ["", "x", "<%0>", "%1%2", "%%", "[%1]", "%9", "%"]
    var matched = 0
    for _ in 0..<2500 {
      let subject = subject(&dice)
      let pattern = pattern(&dice)
      let start = Value.int(Int.random(in: -4...14, using: &dice))
      let calls: [(String, [Value])] = [
        ("find", [.text(subject), .text(pattern), start]), ("find", [.text(subject), .text(pattern), start, .bool(true)]),
        ("match", [.text(subject), .text(pattern), start]), ("gmatch", [.text(subject), .text(pattern)]),
        ("gsub", [.text(subject), .text(pattern), .text(replacements.randomElement(using: &dice) ?? "")]),
        ("gsub", [.text(subject), .text(pattern), "-", start]),
      ]
      let (function, arguments) = calls[Int.random(in: 0..<calls.count, using: &dice)]
      let ours = PatternComparison.run(stock: false, function, arguments)
      let stock = PatternComparison.run(stock: true, function, arguments)
      if !stock.hasPrefix("error"), stock != "ni:nil\n" { matched += 1 }
      #expect(ours == stock, "\(function) \(arguments)")
    }
    #expect(matched > 500)
  }

  @Test(
    "what hangs stock Lua ends here",
    arguments: [
      ("find", [.text(String(repeating: "a", count: 40)), .text(String(repeating: "a?", count: 40) + String(repeating: "a", count: 40))]),
      ("find", [.text(String(repeating: "a", count: 20000)), ".*.*.*.*x"]),
      ("match", [.text(String(repeating: "(", count: 20000)), "%b()%b()x"]),
    ] as [(String, [Value])])
  func bounded(function: String, arguments: [Value]) {
    let result = PatternComparison.run(stock: false, function, arguments)
    #expect(result == "ni:nil\n" || result.contains("too many steps"))
  }

  @Test("plain search of a long text is linear")
  func plain() {
    let text = String(repeating: "a", count: 4_000_000)
    #expect(PatternComparison.run(stock: false, "find", [.text(text), .text(String(text.prefix(100_000)) + "b"), 1, true]) == "ni:nil\n")
  }

  @Test("rep and format are bounded and show no addresses")
  func repAndFormat() {
    #expect(PatternComparison.run(stock: false, "rep", ["", .int(1 << 40)]) == "st:\n")
    #expect(PatternComparison.run(stock: false, "rep", ["xx", .int(1 << 40)]).contains("too large"))
    #expect(PatternComparison.run(stock: false, "format", ["%s %s", .list([]), 3]) == "st:table 3\n")
    #expect(PatternComparison.run(stock: false, "format", ["%p", "x"]).contains("invalid conversion"))
    #expect(PatternComparison.run(stock: false, "format", ["%5.1f|%-4d|%q|%%", .number(1.25), 3, "a"]) == "st:  1.2|3   |\"a\"|%\n")
  }
}
