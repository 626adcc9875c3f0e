import DeployModel
import Foundation
import Testing

/// Tests that ids look in files and messages as the plain texts looked that they were.
@Suite("Ids")
struct IdentifierTests {
  private let id = Deployment.ID("20261121-113045-x7k2")

  @Test("an id is coded as its text alone")
  func coding() throws {
    let bytes = try JSONEncoder().encode([id])
    #expect(String(decoding: bytes, as: UTF8.self) == "[\"20261121-113045-x7k2\"]")
    #expect(try JSONDecoder().decode([Deployment.ID].self, from: bytes) == [id])
  }

  @Test("an id is its text in messages, and stands in quotes in lists, as texts do")
  func words() {
    #expect("\(id)" == id.rawValue && "\([id])" == "[\"20261121-113045-x7k2\"]")
    #expect([Release.ID("b"), Release.ID("a")].sorted().joined(separator: ", ") == "a, b")
  }

  @Test("a person may name a deployment by the beginning or the end of its id")
  func meaning() {
    for word in ["20261121-113045-x7k2", "20261121", "x7k2", "113045-x7k2"] { #expect(id.isMeant(by: word), "\(word)") }
    for word in ["7k2", "113045", "x7k"] { #expect(!id.isMeant(by: word), "\(word)") }
  }

  @Test("the id of a train shows that it is a train's")
  func train() {
    #expect(Train.ID(like: id) == Train.ID("train-20261121-113045-x7k2"))
    #expect(Train.ID.isMeant(by: "train-2026") && !Train.ID.isMeant(by: id.rawValue))
  }
}
