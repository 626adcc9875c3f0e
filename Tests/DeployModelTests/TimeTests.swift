import DeployModel
import Testing

@Suite("Lengths of time")
struct TimeTests {
  @Test(
    "are read as people write them",
    arguments: [("90", 90_000), ("90s", 90_000), ("1.5m", 90_000), ("2h", 7_200_000), ("250ms", 250), ("1d", 86_400_000)] as [(String, Int)]
  )
  func reads(_ text: String, _ milliseconds: Int) {
    #expect(Interval(text)?.milliseconds == milliseconds)
  }

  @Test(
    "are refused where they are none, negative, or longer than 100 days",
    arguments: ["", "m", "-1s", "5 m", "101d", "nan", "1e99h", "+1s", "1e0", "inf", "0x1"]
  )
  func refuses(_ text: String) {
    #expect(Interval(text) == nil)
  }

  @Test(
    "print with at most two units",
    arguments: [(250, "250 ms"), (1500, "1.5 s"), (59_000, "59 s"), (242_000, "4 m 02 s"), (120_000, "2 m"), (3_900_000, "1 h 05 m")]
      as [(Int, String)])
  func prints(_ milliseconds: Int, _ text: String) {
    #expect(Interval(milliseconds: milliseconds).description == text)
  }
}
