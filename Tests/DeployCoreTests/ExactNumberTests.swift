import DeployModel
import Testing

@testable import DeployCore

@Suite("Numbers that cannot be held exactly")
struct ExactNumberTests {
  private static func read(_ kind: Parameter.Kind, _ value: Value) -> Value? { kind.read(value) }
  private static let number = Parameter.Kind.number(min: nil, max: nil)

  @Test("a whole number of a number parameter is kept exactly, as a fraction or as a whole number")
  func whole() {
    for (text, value) in [
      ("9007199254740992", .number(9_007_199_254_740_992)), ("9007199254740993", .int(9_007_199_254_740_993)),
      ("-9007199254740993", .int(-9_007_199_254_740_993)), ("9223372036854775807", .int(.max)), ("-9223372036854775808", .number(-0x1p63)),
      ("18446744073709551616", .number(0x1p64)), ("0009007199254740993", .int(9_007_199_254_740_993)), ("+5", .number(5)),
      ("1e22", .number(1e22)), ("9007199254740993.0", .int(9_007_199_254_740_993)), ("9007199254740993e0", .int(9_007_199_254_740_993)),
      ("18014398509481985e0", .int(18_014_398_509_481_985)), ("90071992547409930E-1", .int(9_007_199_254_740_993)),
      ("1.50e2", .number(150)), ("0.5e1", .number(5)), ("1.5e-1", .number(0.15)),
      ("0.1", .number(0.1)), ("-0", .number(0)), ("-0.0", .number(0)), ("0e5", .number(0)),
    ] as [(String, Value)] {
      let found = Self.read(Self.number, .text(text))
      #expect(found == value, "\(text): \(String(describing: found))")
      if case .number(let number)? = found, number == 0 { #expect(number.sign == .plus, "\(text)") }
    }
    #expect(Self.read(Self.number, .int(9_007_199_254_740_993)) == .int(9_007_199_254_740_993))
    #expect(Self.read(Self.number, .int(5)) == .number(5))
    #expect(Self.read(Self.number, .number(.infinity)) == nil)
  }

  @Test("a whole number that nothing holds is refused with the nearest ones")
  func refused() {
    let parameter = Parameter(name: "n", kind: Self.number)
    for (text, words, fix) in [
      ("9223372036854775809", "cannot be held exactly", "9223372036854775808 and 9223372036854777856"),
      ("-9223372036854775809", "cannot be held exactly", "-9223372036854777856 and -9223372036854775808"),
      ("18446744073709551615", "cannot be held exactly", "18446744073709549568 and 18446744073709551616"),
      ("1e23", "cannot be held exactly", "99999999999999991611392 and 100000000000000008388608"),
      ("18446744073709551615.0", "cannot be held exactly", "18446744073709549568 and 18446744073709551616"),
      ("100000000000000000000000", "cannot be held exactly", "99999999999999991611392 and 100000000000000008388608"),
      ("1e400", "is beyond the largest number", "give a smaller one"), ("1e-400", "is too close to 0", "write 0"),
      (String(repeating: "9", count: 400), "is beyond the largest number", "give a smaller one"),
    ] {
      let problem = parameter.problem(with: .text(text), from: "--n")
      #expect(problem?.message.contains(words) == true && problem?.fix?.contains(fix) == true, "\(text): \(String(describing: problem))")
    }
    let whole = Parameter(name: "i", kind: .integer(min: nil, max: nil))
    let large = whole.problem(with: .text("9223372036854775808"), from: "--i")
    #expect(
      large?.message == "\"9223372036854775808\" is beyond the largest whole number, 9223372036854775807", "\(String(describing: large))")
  }

  @Test("bounds are compared exactly")
  func bounds() {
    let small = Parameter.Kind.number(min: nil, max: 9_007_199_254_740_992)
    #expect(small.read(.int(9_007_199_254_740_993)) == nil && small.read(.int(9_007_199_254_740_992)) != nil)
    #expect(Parameter.Kind.number(min: 1e300, max: nil).read(.int(.max)) == nil)
    #expect(Parameter.Kind.number(min: -1e300, max: 1e300).read(.int(.max)) == .int(.max))
    #expect(Parameter.Kind.number(min: 0.5, max: 9).read(.text("0.4")) == nil)
  }

  @Test("a share is written without an exponent, and a length of time has its limit in every form")
  func others() {
    #expect(Parameter.Kind.percent.read(.text("0.00001%")) == .text("0.00001%"))
    #expect(Parameter.Kind.percent.read(.number(1.25e-7)) == .text("0.000000125%"))
    #expect(Parameter.Kind.percent.read(.text("-0%")) == .text("0%"))
    #expect(Parameter.Kind.percent.read(.text("1e-400%")) == nil, "it is not 0")
    let whole = Parameter.Kind.integer(min: nil, max: nil)
    #expect(whole.read(.text("5.0")) == .int(5) && whole.read(.text("1e2")) == .int(100) && whole.read(.text("5.5")) == nil)
    for value in [.int(8_640_001), .text("8640001"), .number(8_640_000.5), .int(.max), .int(-1), .text("1e3"), .number(.nan)] as [Value] {
      #expect(Parameter.Kind.duration.read(value) == nil, "\(value)")
    }
    #expect(Parameter.Kind.duration.read(.number(1.5)) == .text("1.5s"))
    #expect(Parameter.Kind.duration.read(.int(8_640_000)) == .text("8640000s"))
  }

  @Test("all digits of a whole number")
  func digits() {
    #expect(1e22.wholeDigits == "10000000000000000000000")
    #expect((0x1p100).wholeDigits == "1267650600228229401496703205376")
    #expect((-0x1p64).wholeDigits == "-18446744073709551616")
    #expect(Double.greatestFiniteMagnitude.wholeDigits?.count == 309)
    #expect(0.5.wholeDigits == nil && Double.infinity.wholeDigits == nil)
    #expect(1e-5.unscaled == "0.00001" && 12.5.unscaled == "12.5" && 3.0.unscaled == "3" && (-2.5e-7).unscaled == "-0.00000025")
  }
}
