import DeployCore
import DeployModel
import Testing

@Suite("Parameters and patterns that somebody typed")
struct OutsideInputTests {
  @Test("a number has to be finite, whether it is typed, a group's or the recipe's own", arguments: ["inf", "-inf", "nan", "1e999"])
  func finite(text: String) throws {
    let parameter = Parameter(name: "n", kind: .number(min: nil, max: nil))
    let typed = ParameterCheck([parameter], given: [Value.Member("n", .text(text))], group: .record([]))
    let flaw = text == "1e999" ? "is beyond the largest number, which is about 1.8e308" : "is not a number"
    #expect(typed.problems.map(\.message) == ["\"\(text)\" \(flaw)"])
    let number = try #require(Double(text))
    #expect(!ParameterCheck([parameter], given: [], group: .record(of: [("n", .number(number))])).problems.isEmpty)
    #expect(
      !ParameterCheck([Parameter(name: "n", kind: parameter.kind, standard: .number(number))], given: [], group: .record([])).problems
        .isEmpty)
  }

  @Test("a number beyond every whole number is a number, and none of the whole ones")
  func large() {
    #expect(Parameter.Kind.number(min: nil, max: nil).read("1e19") == .number(1e19))
    #expect(Parameter.Kind.integer(min: nil, max: nil).read("1e19") == nil && Parameter.Kind.percent.read("1e19") == nil)
    #expect(Parameter.Kind.percent.read("12.5%") == "12.5%" && Parameter.Kind.percent.read("10") == "10%")
  }

  @Test("a number is decimal, because nobody means a hexadecimal one", arguments: ["0x10", "0x1p3", "0X1"])
  func decimal(text: String) {
    #expect(Parameter.Kind.number(min: nil, max: nil).read(.text(text)) == nil && Parameter.Kind.percent.read(.text(text)) == nil)
    #expect(Parameter.Kind.number(min: nil, max: nil).read("-1.5e2") == .number(-150))
  }

  @Test("thousands of stars are matched in a moment")
  func stars() {
    let clock = ContinuousClock()
    let took = clock.measure {
      let pattern = String(repeating: "*", count: 5000) + String(repeating: "a*", count: 2500) + "x"
      #expect(!Selection.matches(String(repeating: "a", count: 5000), pattern))
      #expect(Selection.matches(String(repeating: "a", count: 5000) + "x", pattern))
    }
    #expect(took < .seconds(20))
  }

  @Test(
    "a star stands for any characters, also none, and all else for its own bytes",
    arguments: [
      ("web1", "web*", true), ("web1", "*", true), ("", "*", true), ("", "", true), ("web1", "", false), ("web1", "*1", true),
      ("web1", "w*b*1", true), ("web1", "w*c*", false), ("web1", "web1*", true), ("web12", "*1", false), ("a*b", "a*b", true),
      ("\u{e9}", "e\u{301}", false), ("\u{e9}", "\u{e9}", true), ("aXbXc", "a*Xc", true),
    ])
  func glob(name: String, pattern: String, holds: Bool) { #expect(Selection.matches(name, pattern) == holds) }
}
