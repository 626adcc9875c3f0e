import DeployModel
import Testing

/// Two encodings of é. Swift compares them as equal, but Linux does not.
private let composed = "caf\u{E9}"
private let taken = "cafe\u{301}"

@Suite("Texts by their bytes")
struct BytesTests {
  @Test("two spellings of one letter are two values, two members, and two receipts")
  func values() {
    #expect(composed == taken, "this is the trap")
    #expect(Value.text(composed) != .text(taken) && Value.text(composed) == .text("caf\u{E9}"))
    #expect(Value.list([.text(composed)]) != .list([.text(taken)]))
    let record = Value.record(of: [(composed, .int(1)), (taken, .int(2))])
    #expect(record.members.count == 2 && record[composed] == .int(1) && record[taken] == .int(2))
    #expect(record == .record(of: [(taken, .int(2)), (composed, .int(1))]), "the order of members does not hang on the order of giving")
    #expect(Value.record(of: [(composed, .int(1))]) != .record(of: [(taken, .int(1))]))
    #expect(Value.record(of: [("a", .int(1)), ("a", .int(2))]) == .record(of: [("a", .int(2))]))
    let digest = Digest(hex: String(repeating: "a", count: 64))
    func inputs(_ text: String, shared: String = "s", secret: String = "S") -> Receipt.Inputs {
      Receipt.Inputs(bundle: digest, sources: digest, parameters: .record(of: [("n", .text(text))]), shared: [shared], secrets: [secret])
    }
    #expect(inputs(composed) == inputs(composed))
    for other in [inputs(taken), inputs(composed, shared: taken), inputs(composed, secret: taken)] { #expect(inputs(composed) != other) }
    #expect(inputs("x", shared: composed) != inputs("x", shared: taken))
  }

  @Test("values of every kind are equal to themselves and to nothing else")
  func kinds() {
    let all: [Value] = [
      .null, true, false, 0, 1, .number(1), .number(0.5), "", "1", .list([]), .list([1]), .record([]), .record(of: [("a", 1)]),
    ]
    for (one, a) in all.enumerated() {
      for (other, b) in all.enumerated() { #expect((a == b) == (one == other), "\(a) \(b)") }
    }
    #expect(Set(all + all).count == all.count)
  }

  @Test("lines end at line feeds, also after a carriage return and before a combining mark")
  func lines() {
    #expect("a\r\nb\r\n\r\nc".fullLines == ["a", "b", "c"])
    #expect("a\n\u{301}b\n".fullLines == ["a", "\u{301}b"])
    #expect("a\u{2028}b\u{85}c\u{B}d".fullLines == ["a\u{2028}b\u{85}c\u{B}d"], "nothing else ends a line")
    #expect("a\r\nb".parts(at: "\n") == ["a\r", "b"], "what a host says keeps every byte")
    #expect("a \u{301}b c".parts(at: " ") == ["a", "\u{301}b", "c"])
    #expect("a b c".parts(at: " ", most: 1) == ["a", "b c"])
    #expect("\ta\t\t".parts(at: "\t", keepingEmpty: true) == ["", "a", "", ""])
    #expect("".fullLines.isEmpty && "".parts(at: "\n", keepingEmpty: true) == [""])
  }
}
