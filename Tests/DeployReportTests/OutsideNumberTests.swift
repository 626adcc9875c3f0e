import DeployModel
import DeployReport
import PlanDrafts
import Testing

@Suite("Numbers that nobody expects, on the screen")
struct OutsideNumberTests {
  @Test("a plan shows a parameter beyond every whole number")
  func plan() {
    var plan = Stories.plan()
    plan = plan.edited {
      $0.parameters = .record(of: [("n", .number(1e19)), ("i", .number(.infinity)), ("h", .number(0.5)), ("w", .number(3))])
    }
    plan = plan.edited {
      $0.stages = [.rollout(Strategy(name: "rolling", function: 1, options: .record([]), batch: .percent(1e300)))]
    }
    let text = PlanReport(plan).lines(on: Surface()).joined(separator: "\n")
    #expect(text.contains("h = 0.5, i = inf, n = 1e+19, w = 3") && text.contains("1e+300% a wave"))
  }

  @Test("a moment that no calendar has is shown as one at its end", arguments: [Int.min, -1, 0, 253_402_300_800_000, Int.max])
  func moments(milliseconds: Int) {
    let shown = When(Timestamp(milliseconds: milliseconds), zone: -43_200).full
    #expect(shown.count >= 16 && When.ago(Timestamp(milliseconds: milliseconds), now: Timestamp(milliseconds: 0)).isEmpty == false)
    if milliseconds == -1 { #expect(When.iso(Timestamp(milliseconds: -1)) == "1969-12-31T23:59:59.999Z") }
    if milliseconds == .max { #expect(When.iso(Timestamp(milliseconds: .max)) == "9999-12-31T23:59:59.999Z") }
    if milliseconds == .min { #expect(When.iso(Timestamp(milliseconds: .min)) == "0-01-01T00:00:00.000Z") }
  }

  @Test("a screen of any size that the environment names is drawn")
  func screens() {
    for columns in ["-5", "0", "9223372036854775807", "x"] {
      let surface = Surface(isTerminal: false, columns: nil, rows: nil, zone: 0) { $0 == "COLUMNS" ? columns : nil }
      #expect((20...10_000).contains(surface.width) && !PlanReport(Stories.plan()).lines(on: surface).isEmpty)
    }
  }
}
