import DeployModel
import Testing

struct MessageTests {
  private func fault(id: String = "m-1", gate: String? = nil, by: String = "kim@laptop", comment: String = "") -> String? {
    Message(id: id, .pause, gate: gate, by: by, comment: comment, at: Timestamp(milliseconds: 0)).fault
  }

  @Test("a message whose parts are too long, empty, or more than one plain line is not accepted")
  func faults() {
    #expect(fault() == nil && fault(gate: "latency", comment: String(repeating: "é", count: 1000)) == nil)
    #expect(fault(id: "") != nil && fault(id: "a/b") != nil && fault(id: "é") != nil && fault(id: String(repeating: "a", count: 65)) != nil)
    #expect(fault(by: "") == "has an empty sender" && fault(gate: "") == "has an empty gate")
    #expect(fault(comment: String(repeating: "é", count: 1001)) == "has a comment of 2002 bytes, and 2000 are allowed")
    for odd in ["a\nb", "\u{1B}[2J", "a\u{9B}b", "a\u{2028}b", "\u{7F}", "\0"] {
      #expect(fault(comment: odd) == "has a control character or a line end in its comment")
      #expect(fault(gate: odd) != nil && fault(by: odd) != nil)
    }
  }
}
