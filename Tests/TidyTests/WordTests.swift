import Foundation
import Testing

/// The project uses the words of its vocabulary, and speaks only of itself.
@Suite struct WordTests {
  let tree = SourceTree.here

  @Test("no type is called by a word that says nothing")
  func names() {
    let instead = [
      ("Context", "name what it holds: a site, a plan, a request"), ("Manager", "name what it does: a store, a runner, a pool"),
      ("Helper", "put the function on the type it helps"), ("Helpers", "put the functions on the types they help"),
      ("Util", "name the subject"), ("Utils", "name the subject"), ("Utility", "name the subject"), ("Utilities", "name the subject"),
    ]
    for file in tree.files where file.isSwift && !file.path.hasPrefix("Tests/TidyTests/") {
      let code = Blanked(file.text).text
      for (word, advice) in instead {
        for found in Pattern(#"\b(?:struct|class|enum|actor|protocol|typealias)\s+(\w*\#(word))\b"#).matches(in: code) {
          Issue.record("\(file.path):\(found.line) declares \(found.found): \(advice)")
        }
        #expect(!file.name.hasPrefix(word) && !file.name.hasSuffix(word + ".swift"), "\(file.path): \(advice)")
      }
    }
  }

  @Test("the name of a group is said by GroupName, because it may be empty")
  func groups() {
    let pattern = Pattern(#"(?:\bto|\bon|--group|unlock|hosts) \\\([\w.]*\.group\)"#)
    for file in tree.swift(under: "Sources") {
      for found in pattern.matches(in: file.text) {
        Issue.record("\(file.path):\(found.line) says `\(found.found)`: use GroupName, in words or as an option")
      }
    }
  }

  @Test("a force-unwrap, a forced try and a forced cast say their reason")
  func forced() {
    let pattern = Pattern(#"(?:\w+|[\])])!(?![=\w(])(?!\s*=)|\btry!|\bas!"#)
    for file in tree.swift(under: "Sources") {
      let lines = file.lines
      for found in pattern.matches(in: Blanked(file.text).text) {
        let here = lines[found.line - 1]
        let above = found.line >= 2 ? lines[found.line - 2] : ""
        #expect(
          here.contains("//") || above.contains("//"),
          "\(file.path):\(found.line) forces `\(found.found)`: say in a comment why it cannot fail, or handle it")
      }
    }
  }

  @Test("nothing is left to be done later, and nothing is named after a machine")
  func leftovers() {
    // The words are written in pieces, so that this file does not contain them.
    let words = [
      ("TO" + "DO", "do it or write it down in docs"), ("FIX" + "ME", "fix it"), ("XX" + "X:", "fix it"), ("HA" + "CK", "say the reason"),
      ("/wo" + "rk/main", "a path of one machine"), ("/wo" + "rk/trees", "a path of one machine"),
      ("/opt/sw" + "ift", "a path of one machine"), ("lor" + "em ipsum", "write the text"),
    ]
    for file in tree.files where !file.path.hasPrefix("LICENSE") {
      for (word, advice) in words where file.text.contains(word) {
        let line = file.lines.firstIndex { $0.contains(word) } ?? 0
        Issue.record("\(file.path):\(line + 1) has `\(word)`: \(advice)")
      }
    }
  }

  /// Finds the noun that readers stumbled over, and not the verb. The noun is written in pieces, so that this file does not contain it.
  static let vagueNoun: Pattern = {
    let (one, gap) = ("lo" + "ok", #"(?: +|\n *(?:///|//|---|--|#)? *)"#)
    let which = "(?:first|second|last|next|previous|further|later|bad|failed|quick)"
    let single = "(?:an?|each|every|one|no|the|this|another|any|its|single|bad|failed|unanswered)"
    let many = "(?:two|three|few|fewer|many|more|most|all|of|between|the|these|no|per|its|bad|failed|unanswered|allowed|remaining)"
    let ends = "(?:were|are|got|gave|could|so far|under way)"
    let forms = [
      "\(single)(?:\(gap)\(which))?\(gap)\(one)", "\(many)\(gap)\(one)s", "[0-9]+ \(one)s", "\(one) by \(one)", "\(one)s \(ends)",
    ]
    return Pattern("(?i)\\b(?:\(forms.joined(separator: "|")))\\b")
  }()

  @Test("one run of a check is called a check, and one round of an analysis a measurement")
  func vagueNouns() {
    // What older versions wrote stays as it is.
    for file in tree.files where !file.path.hasPrefix("Tests/DeployLuaTests/Fixtures/") {
      for found in Self.vagueNoun.matches(in: file.text) {
        Issue.record("\(file.path):\(found.line) says `\(found.found)`: call it a check, a measurement or a round of measurements")
      }
    }
  }

  @Test("the noun is found in every form, and the verb never is")
  func vagueNounForms() {
    func isFound(_ text: String) -> Bool { Self.vagueNoun.found(in: text.replacingOccurrences(of: "#", with: "lo" + "ok")) }
    let nouns = [
      "needs a #", "after each # of the analysis", "the last # failed", "3 bad #s", "12 #s so far", "two #s", "# by #", "#s were bad",
      "Each # is",
      "the number of\n  /// #s", "its next #",
    ]
    for noun in nouns { #expect(isFound(noun), "\(noun)") }
    let verbs = [
      "this #s like an archive", "a function that #s", "# at it", "#s first in the project", "to # by hand", "what one #s like", "its #up",
      "names that # alike", "each #s for its own", "A survey and a lock first # for pipes", "does it # good?",
      "= 1000\n\n  /// #s at paths",
    ]
    for verb in verbs { #expect(!isFound(verb), "\(verb)") }
  }

  @Test("printing is the command's and the report's business")
  func printing() {
    let pattern = Pattern(#"(?<![.\w])(?:print|debugPrint|dump|NSLog)\("#)
    for file in tree.swift(under: "Sources") where !["lander", "DeployReport"].contains(file.room) {
      for found in pattern.matches(in: Blanked(file.text).text) {
        Issue.record("\(file.path):\(found.line) prints: make it an entry, an outcome or a failure")
      }
    }
  }

  @Test("every test says in a sentence what holds")
  func sentences() {
    let bare = Pattern(#"@Test(?!\(\s*")[^\n]*"#)
    for file in tree.swift(under: "Tests") where file.room != "TidyTests" {
      for found in bare.matches(in: file.text) {
        Issue.record("\(file.path):\(found.line) `\(found.found)`: give the test a sentence, @Test(\"what holds\")")
      }
    }
  }
}
