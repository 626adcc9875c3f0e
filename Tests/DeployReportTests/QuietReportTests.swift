import DeployModel
import DeployReport
import PlanDrafts
import Testing

@Suite("Progress for those who want to read nothing")
struct QuietReportTests {
  private func text(_ facts: [Entry.Fact]) -> String {
    var report = QuietReport(on: Surface(width: 100, height: 24, terminal: false))
    let text = Stories.entries([.planned(Stories.plan())] + facts).map { report.take($0, of: "x") }.joined()
    return text + report.tick(Stories.start + .minutes(60)) + report.end()
  }

  @Test("neither the beginning nor waves, hosts, failures or a long silence are shown: the summary has them")
  func silence() {
    let failing = Stories.failing.map(\.fact)
    #expect(text(Array(failing.dropFirst())).isEmpty)
  }

  @Test("a gate that waits for a person is shown with what answers it, and so is a cancel")
  func questions() {
    let gate = Entry.Fact.noted(.gateOpened(number: 1, Gate(.approval, name: "approve", message: "Good?", time: .minutes(5))))
    let asked = text([gate])
    #expect(asked.contains("Good?") && asked.contains("lander approve 20261121-113045-x7k2"), "\(asked)")
    #expect(text([.happened(.cancelled(reason: "kim"))]).contains("Cancelling (kim)"))
  }
}
