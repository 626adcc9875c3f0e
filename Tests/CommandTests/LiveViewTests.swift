import Foundation
import Testing

@Suite("A deployment on a terminal", .serialized)
struct LiveViewTests {
  @Test("the view has the title, and the last line that a command under way wrote, without --verbose")
  func lastLine() throws {
    let place = try Workplace.project(
      hosts: 1, body: "on = { ApplicationStart = function(host) host:run \"echo made it $((40 + 2)); sleep 3\" end },")
    let shell = "exec script -qfec \"stty cols 100 rows 24; $*\" /dev/null"
    let running = try place.start(["deploy"], ["TERM": "xterm"], through: ["sh", "-c", shell, "sh"])
    #expect(running.wait() == 0, "\(running.everything)")
    let text = running.said(running.out)
    #expect(text.contains("Deploying app to test · ") && text.contains("made it 42"), "\(text)")
  }
}
