import DeployModel
import Foundation
import Testing

/// A value that is apart behaves like an optional value in its record.
struct ApartTests {
  private struct Inline: Codable, Equatable {
    var name: String
    var failure: Failure?
  }
  private struct Kept: Codable, Hashable {
    var name: String
    @Apart var failure: Failure?
  }

  @Test("the stored form is that of an optional value, with it and without it", arguments: [nil, Failure(.lost, "gone", fix: "look")])
  func stored(_ failure: Failure?) throws {
    let (encoder, decoder) = (JSONEncoder(), JSONDecoder())
    encoder.outputFormatting = .sortedKeys
    let text = try encoder.encode(Inline(name: "a", failure: failure))
    let kept = Kept(name: "a", failure: failure)
    #expect(try encoder.encode(kept) == text)
    #expect(try decoder.decode(Kept.self, from: text) == kept)
    #expect(try encoder.encode([Apart(wrappedValue: failure)]) == encoder.encode([failure]))
    #expect(try decoder.decode([Apart<Failure>].self, from: encoder.encode([failure])) == [Apart(wrappedValue: failure)])
  }

  @Test("a copy keeps its value when the other one changes")
  func copies() {
    var one = Kept(name: "a", failure: Failure(.lost, "gone"))
    let other = one
    #expect(one == other && one.hashValue == other.hashValue)
    one.failure?.message = "back"
    #expect(one.failure?.message == "back" && other.failure?.message == "gone" && one != other)
    one.failure = nil
    #expect(one.failure == nil && Set([one, other]).count == 2)
  }

  @Test("records with such values are small, because a deployment keeps one for each host or operation")
  func sizes() {
    #expect(MemoryLayout<HostPlan>.size <= 560)
    #expect(MemoryLayout<HostState>.size <= 560)
    #expect(MemoryLayout<Outcome>.size <= 80)
    #expect(MemoryLayout<Happening>.size <= 32)
    #expect(MemoryLayout<Step>.size <= 64)
  }
}
