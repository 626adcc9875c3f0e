import DeployModel
import Testing

@Suite("Numbers and names from outside")
struct BoundedTests {
  @Test("sums, differences and products that do not fit stay at the end of the range")
  func ends() {
    #expect(Int.max.plus(1) == .max && Int.min.plus(-1) == .min && 2.plus(3) == 5)
    #expect(Int.min.minus(1) == .min && Int.max.minus(-1) == .max && 2.minus(3) == -1)
    #expect(Int.max.times(2) == .max && Int.max.times(-2) == .min && Int.min.times(-1) == .max && 6.times(-7) == -42)
    let numbers: [Double] = [.infinity, -.infinity, .nan, 1e300, -1e300, 0x1p63, -0x1p63, 2.9, -2.9]
    #expect(numbers.map { Int(bounded: $0) } == [.max, .min, 0, .max, .min, .max, .min, 2, -2])
    #expect([3, -0.5, 1e19, .infinity].map(\.plain) == ["3", "-0.5", "1e+19", "inf"])
  }

  @Test("lengths of time and moments never leave their range")
  func times() {
    #expect(Interval.seconds(.max) + .seconds(.max) == Interval(milliseconds: .max) && Interval.minutes(.min).milliseconds == .min)
    #expect((Timestamp(milliseconds: .min) - Timestamp(milliseconds: .max)).milliseconds == .min)
    #expect((Timestamp(milliseconds: .max) + .seconds(1)).milliseconds == .max)
    #expect(Interval(.seconds(Int64.max)).milliseconds == .max)
    #expect(["1e300d", "infs", "nan", "-1s", "101d"].allSatisfy { Interval($0) == nil })
  }

  @Test("a share of hosts is a number of hosts, whatever a damaged plan says of it", arguments: [Double.infinity, .nan, 1e300, -1e300])
  func shares(percent: Double) {
    #expect(
      (Int.min...10).contains(Amount.percent(percent).atLeast(of: 10)) && (Int.min...10).contains(Amount.percent(percent).atMost(of: 10)))
  }

  @Test("a slash is a slash also where a combining character follows it")
  func slashes() {
    let odd = "/a/\u{338}b/../\u{301}/"
    #expect(odd.pathParts.map { Array($0.utf8) } == ["a", "\u{338}b", "..", "\u{301}"].map { Array($0.utf8) })
    #expect("/\u{338}x".isAbsolutePath && "a/\u{338}".hasSlash && odd.endsInSlash && !"a/\u{338}".endsInSlash)
    #expect("log/".withoutLastSlash == "log" && "log".withoutLastSlash == "log" && "".pathParts.isEmpty)
  }

  @Test("names that Unicode takes for the same are two names, and a folder holds only what its bytes begin")
  func names() {
    let (one, two) = ("\u{e9}", "e\u{301}")
    #expect(one == two && ExactText(one) != ExactText(two) && Set([ExactText(one), ExactText(two)]).count == 2)
    #expect(!one.isExactly(two) && "a".isExactly("a"))
    #expect(
      "\(one)/x".isPath(atOrBelow: one) && !"\(two)/x".isPath(atOrBelow: one) && "a".isPath(atOrBelow: "a") && !"ab".isPath(atOrBelow: "a"))
  }
}
