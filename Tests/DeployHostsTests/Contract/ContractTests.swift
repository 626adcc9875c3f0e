import DeployCore
import DeployModel
import Testing

@testable import DeployHosts

/// What the engine may expect of every transport: the kinds of failures, the fields and the facts. Messages for people may differ.
@Suite("The contract of transports", .loopbackSshd)
struct ContractTests {
  /// The sentences about one subject.
  struct Chapter: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let sentences: [Sentence]
  }

  static let chapters = [
    Chapter(testDescription: "surveys", sentences: Sentence.surveys), Chapter(testDescription: "locks", sentences: Sentence.locks),
    Chapter(testDescription: "commands", sentences: Sentence.commands),
    Chapter(testDescription: "releases", sentences: Sentence.releases), Chapter(testDescription: "files", sentences: Sentence.files),
    Chapter(testDescription: "marks", sentences: Sentence.marks),
    Chapter(testDescription: "removals", sentences: Sentence.removals),
  ]

  /// How many sentences are tested at once. Most of the time they wait.
  private static let width = Admission(12)

  @Test("every transport keeps each sentence of the contract", arguments: TransportCase.here, chapters)
  func kept(_ transport: TransportCase, _ chapter: Chapter) async throws {
    try await withThrowingTaskGroup(of: (String, [String]).self) { group in
      for sentence in chapter.sentences {
        group.addTask {
          await Self.width.enter()
          let differences: [String]
          do { differences = try await Play.differences(of: sentence, on: transport.ground()) } catch { differences = ["\(error)"] }
          await Self.width.leave()
          return (sentence.name, differences)
        }
      }
      for try await (name, differences) in group {
        #expect(differences.isEmpty, "\(transport.rawValue): \"\(name)\"\n\(differences.joined(separator: "\n"))")
      }
    }
  }

  @Test("every transport that comes with the engine is one that the contract is tried with")
  func complete() {
    let tried = TransportCase.allCases.map(\.rawValue)
    #expect(OwnTransport.all.map(\.name).filter { !tried.contains($0) } == [])
    // All transports provide a shell now. One without a shell would have no factory, and would be added to this list separately.
    #expect(Reach.factories.map(\.name) == OwnTransport.all.map(\.name))
  }

  @Test("no two sentences of the contract are the same")
  func names() {
    let names = Self.chapters.flatMap(\.sentences).map(\.name)
    #expect(Set(names).count == names.count)
  }
}
