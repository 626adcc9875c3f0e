import DeployModel
import Foundation
import Testing

@Suite("Values")
struct ValueTests {
  @Test("come back from JSON as they went in, whole numbers and all")
  func roundTrip() throws {
    let value = Value.record(of: [
      ("zone", "b"), ("count", 3), ("share", .number(0.25)), ("on", true), ("none", .null), ("list", .list([1, "two", .record([])])),
    ])
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let data = try encoder.encode(value)
    #expect(String(decoding: data, as: UTF8.self) == #"{"count":3,"list":[1,"two",{}],"none":null,"on":true,"share":0.25,"zone":"b"}"#)
    #expect(try JSONDecoder().decode(Value.self, from: data) == value)
  }

  @Test("put a record's members in order, the later of two with one name winning")
  func order() {
    #expect(Value.record(of: [("b", 1), ("a", 2), ("b", 3)]) == .record([.init("a", 2), .init("b", 3)]))
  }
}

@Suite("Texts with secrets")
struct TextTests {
  @Test("name their secrets once each and print without them")
  func secrets() {
    let text = Text(pieces: [.literal("Bearer "), .secret(name: "TOKEN"), .secret(name: "TOKEN")])
    #expect(text.secrets == ["TOKEN"])
    #expect(text.description == "Bearer <secret TOKEN><secret TOKEN>")
  }
}
