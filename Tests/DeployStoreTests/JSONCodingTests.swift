import DeployModel
import DeployStore
import Foundation
import PlanDrafts
import Testing

@Suite("How entries are coded")
struct JSONCodingTests {
  @Test("an entry with any fact comes back as it was", arguments: Samples.facts.indices)
  func roundTrip(index: Int) throws {
    let entry = Samples.entry(index, Samples.facts[index])
    let bytes = try CompactJSON.encode(entry)
    #expect(try CompactJSON.decode(Entry.self, from: bytes) == entry)
  }

  @Test("what is written is JSON to others too", arguments: Samples.facts.indices)
  func othersReadIt(index: Int) throws {
    // JSON has no infinity. The number 1e999 stands for it, which Foundation refuses as out of range.
    let bytes = try CompactJSON.encode(Samples.entry(index, Samples.facts[index]))
    let text = String(decoding: bytes, as: UTF8.self).replacingOccurrences(of: "1e999", with: "1")
    #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(text.utf8)) }
  }

  @Test("the same entry gives the same bytes, members in the order of their declaration")
  func stable() throws {
    let entry = Samples.entry(3, .happened(.finished(intent: 7, .done(2))))
    let text = String(decoding: try CompactJSON.encode(entry), as: UTF8.self)
    #expect(
      text == #"{"sequence":3,"at":1795000000003,"fact":{"happened":{"_0":{"finished":{"intent":7,"_1":{"value":2,"duration":0}}}}}}"#)
  }

  @Test("whole numbers and fractions stay apart")
  func numbers() throws {
    let values: [Value] = [.int(2), .number(2), .number(-0.0), .number(1e-7), .int(.max), .int(.min), .number(.greatestFiniteMagnitude)]
    for value in values { #expect(try CompactJSON.decode(Value.self, from: CompactJSON.encode(value)) == value) }
  }

  @Test("text that Foundation wrote is read: other order, white space, escapes")
  func foundation() throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    let entry = Samples.entry(1, .noted(.host(0, .failed(Samples.error))))
    #expect(try CompactJSON.decode(Entry.self, from: Array(encoder.encode(entry))) == entry)
    #expect(try CompactJSON.decode(String.self, from: Array(#""\ud83d\ude80 \u00e9\/\b""#.utf8)) == "🚀 é/\u{8}")
  }

  @Test(
    "text that is no JSON is an error, not a crash",
    arguments: ["", "{", "[1,", "{\"a\"}", "{\"a\":}", "tru", "\"x", "1 2", "[1}", "\"\\u12\"", "nul", "{1:2}", "\"\\", "[[", "-"])
  func broken(text: String) {
    #expect(throws: DecodingError.self) { try CompactJSON.decode(Value.self, from: Array(text.utf8)) }
  }

  @Test("nesting has a limit")
  func deep() {
    #expect(throws: DecodingError.self) {
      try CompactJSON.decode(Value.self, from: Array(repeating: UInt8(ascii: "["), count: 100_000))
    }
  }

  @Test("cut off anywhere, an entry is an error")
  func cut() throws {
    let bytes = try CompactJSON.encode(Samples.entry(0, .planned(Samples.plan("d", hosts: 1))))
    for count in 0..<bytes.count {
      #expect(throws: DecodingError.self) { try CompactJSON.decode(Entry.self, from: Array(bytes.prefix(count))) }
    }
  }

  @Test("bytes changed at random are an entry or an error, never a crash")
  func fuzz() throws {
    let good = try Samples.facts.map { try CompactJSON.encode(Samples.entry(1, $0)) }
    let letters = Array("{}[]\",:\\0123456789.eE+-ntfu\u{0}\u{7f}".utf8) + [0xFF, 0xC3]
    var random = Seeded(23)
    var errors = 0
    for round in 0..<4000 {
      var bytes = good[round % good.count]
      for _ in 0...Int.random(in: 0...3, using: &random) {
        bytes[Int.random(in: 0..<bytes.count, using: &random)] = letters.randomElement(using: &random) ?? 0
      }
      do { _ = try CompactJSON.decode(Entry.self, from: bytes) } catch { errors += 1 }
    }
    #expect(errors > 1000)
  }
}
