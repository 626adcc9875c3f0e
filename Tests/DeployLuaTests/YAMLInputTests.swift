import Foundation
import Testing

@testable import DeployLua

@Suite("YAML that makes no sense") struct YAMLInputTests {
  private static let seeds = [
    "a: 1\nb: [x, 'y', \"z\"]\nc: {d: ~, e: |\n  text\n  }\n", "- &x {p: 1}\n- *x\n- <<: *x\n  q: 2\n", "? k\n: v\n--- \n...\n%YAML 1.2\n",
    "a: >-\n  folded\n  text\nb: \"\\u00e9\\x41\\\n  c\"\n# said\n", "!!map {a: !!str 1, b: !x 2}\n", "é: 日本\n\u{1F600}: -.5e+3\n",
  ]
  private static let words = [
    "&a", "*a", "<<:", "---\n", "\t", "\n", "  ", "- ", ": ", "[", "]", "{", "}", "|\n", "\"", "'", "!!str ", "\u{0}",
    "#", "?", "%",
  ]

  @Test("whatever is mutated is refused with a line, or read as JSON that is written back as the same values", arguments: 1...8)
  func mutated(seed: Int) throws {
    var dice = Dice(state: UInt64(seed))
    func below(_ count: Int) -> Int { Int.random(in: 0..<count, using: &dice) }
    for _ in 0..<500 {
      var text = Array(Self.seeds[below(Self.seeds.count)].unicodeScalars)
      for _ in 0...below(4) {
        let at = below(text.count + 1)
        switch below(3) {
        case 0 where at < text.count: text.remove(at: at)
        case 1: text.insert(contentsOf: Self.words[below(Self.words.count)].unicodeScalars, at: at)
        default: text.insert(contentsOf: text[..<at].suffix(20), at: at)
        }
      }
      try check(String(String.UnicodeScalarView(text)))
    }
  }

  private func check(_ text: String) throws {
    let json: String
    do throws(YAMLFlaw) { json = try YAMLText.json(of: text) } catch {
      #expect(error.line > 0 && !error.message.isEmpty, "\(text.debugDescription)")
      return
    }
    let value = try JSONSerialization.jsonObject(with: Data(json.utf8), options: .fragmentsAllowed) as? NSObject
    let again = try YAMLText.json(of: try YAMLText.yaml(of: json))
    let second = try JSONSerialization.jsonObject(with: Data(again.utf8), options: .fragmentsAllowed) as? NSObject
    #expect(value == second, "\(text.debugDescription): \(json), \(again)")
  }
}
