import DeployModel
import Testing

@testable import DeployHosts

/// The host program is sent to a channel in parts: a request first sends the parts that it needs.
@Suite("Parts of the host's program")
struct ProgramPartTests {
  @Test("no part calls a function of a later one, which a channel may not know yet")
  func order() {
    let parts = HostProgram().parts
    #expect(parts.count > 1)
    for (number, part) in parts.enumerated() {
      let later = parts.dropFirst(number + 1).reduce(into: Set<ExactText>()) { $0.formUnion($1.functions) }
      let calls = String(decoding: part.text, as: UTF8.self).split(separator: "\n").compactMap { line -> String? in
        let words = line.split(separator: " ")
        // `l_a | l_b) …` is a pattern of `case`, and `l_a=…` is an assignment; neither is a call.
        guard let first = words.first, words.dropFirst().first != "|" else { return nil }
        return String(first)
      }
      let unknown = calls.filter { later.contains(ExactText($0)) }
      #expect(unknown.isEmpty, "part \(number) calls \(unknown)")
    }
  }
}
