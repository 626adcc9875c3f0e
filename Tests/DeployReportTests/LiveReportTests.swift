import DeployModel
import DeployReport
import Testing

@Suite("The view that is redrawn in place")
struct LiveReportTests {
  /// The frame after these facts, at a second after the start.
  private func frame(
    _ facts: [Entry.Fact], width: Int = 100, height: Int = 24, hosts: [String] = ["web1", "web2"], at second: Int = 60
  ) -> String {
    var report = LiveReport(on: Surface(width: width, height: height, terminal: true))
    for entry in Stories.entries([.planned(Stories.plan(hosts: hosts))] + facts) { _ = report.take(entry, of: "x") }
    return report.tick(Stories.start + .seconds(second))
  }

  @Test("lines of a frame are never wrapped, whatever a terminal takes for their width, and those above it are")
  func unwrapped() {
    let text = frame([.noted(.log(host: nil, LogLine(.info, "above")))])
    #expect(text.contains("above\n\u{1B}[?7l0 of 2 hosts"), "\(text)")
    #expect(text.hasSuffix("\u{1B}[?7h\u{1B}[?2026l"), "\(text)")
  }
}
