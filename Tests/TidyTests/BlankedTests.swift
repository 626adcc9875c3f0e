import Testing

/// Tests the reader with which the other tests find code.
@Suite struct BlankedTests {
  @Test("comments and strings become spaces, and lines stay lines")
  func blanks() {
    let source = "let a = \"if { // no\" // } yes\nlet b = /* {\n */ 1\n"
    let blanked = Blanked(source).text
    #expect(
      blanked.split(separator: "\n", omittingEmptySubsequences: false).count
        == source.split(separator: "\n", omittingEmptySubsequences: false).count)
    #expect(!blanked.contains("{") && !blanked.contains("}") && !blanked.contains("no"))
    #expect(blanked.contains("let a =") && blanked.contains("1"))
  }

  @Test("what is interpolated into a string is code")
  func interpolation() {
    #expect(Blanked("let a = \"x \\(first(\"y\") + second) z\"").text.contains("first(   ) + second"))
    #expect(Blanked("let a = #\"x \\(first) \\#(second)\"#").text.contains("second"))
    #expect(!Blanked("let a = #\"x \\(first) \\#(second)\"#").text.contains("first"))
  }

  @Test("a string of several lines is one string")
  func severalLines() {
    let blanked = Blanked("let a = \"\"\"\n  func b() { \"quoted\" }\n  \"\"\"\nlet c = 2\n").text
    #expect(!blanked.contains("func") && blanked.contains("let c = 2"))
  }

  @Test("a function is as long as from its name to its closing brace, and one without a body has no length")
  func lengths() {
    let source = """
      protocol P {
        func none(a: Int) throws -> Int
        init(b: Int)
      }
      struct S: P {
        init(b: Int) { self.b = b }
        func none(
          a: Int = [1, 2].map { $0 + 1 }.count
        ) throws -> Int
        where Int: Sendable {
          func inner() {
          }
          return a
        }
      }
      """
    let functions = Blanked(source).functions
    #expect(functions.map(\.name) == ["init", "func none", "func inner"])
    #expect(functions.map(\.length) == [1, 8, 2])
  }
}
