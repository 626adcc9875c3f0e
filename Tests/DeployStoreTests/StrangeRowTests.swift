import DeployModel
import DeployStore
import Foundation
import PlanDrafts
import Testing

@Suite("A journal whose rows are no longer what was written")
struct StrangeRowTests {
  let folder: TemporaryFolder
  let state: StateDirectory
  init() throws {
    folder = try TemporaryFolder()
    state = try folder.state()
  }

  /// Writes a part of one deployment and all of another, removes the rules of both tables so that a field may have any value, and runs
  /// `sql`.
  private func strange(_ sql: String) async throws -> SQLiteJournal {
    let journal = try SQLiteJournal(in: state)
    try await journal.append(Samples.deployment("d-1", count: 4), to: "d-1")
    try await journal.append(Samples.deployment("d-2", count: 3, concluded: true), to: "d-2")
    try SQLiteFile(state.journal).tamper(
      """
      CREATE TABLE e AS SELECT * FROM entries; DROP TABLE entries; ALTER TABLE e RENAME TO entries;
      CREATE TABLE d AS SELECT * FROM deployments; DROP TABLE deployments; ALTER TABLE d RENAME TO deployments;
      \(sql)
      """)
    return try SQLiteJournal(in: state)
  }

  private func isDamaged(_ summary: DeploymentSummary) -> Bool { if case .damaged = summary.state { true } else { false } }

  @Test(
    "a deployment with a missing or strange field is damaged, and the others are as they were",
    arguments: ["id", "application", "recipe", "\"group\"", "kind", "actor", "hosts", "began", "number"],
    ["NULL", "x'00ff'", "-1.5", "9223372036854775807"])
  func deployments(column: String, value: String) async throws {
    let journal = try await strange("UPDATE deployments SET \(column) = \(value) WHERE id = 'd-1'")
    let all = try await journal.deployments()
    #expect(all.count == 2 && all.contains { $0.id == "d-2" && $0.state == .concluded(.succeeded) })
    // A large number is a valid number.
    if value == "NULL" || value.hasPrefix("x") { #expect(all.contains(where: isDamaged), "\(all)") }
    #expect(try await journal.verify().count == 2)
    _ = try await journal.entries(of: "d-1")
    _ = await journal.head(of: "d-1")
  }

  @Test(
    "an entry with a missing or strange field is damage at its place",
    arguments: ["at", "coding", "payload", "chain"], ["NULL", "'text'", "-1.5", "x'00'"])
  func entries(column: String, value: String) async throws {
    let journal = try await strange("UPDATE entries SET \(column) = \(value) WHERE key = (1 << 32 | 2)")
    let reading = try await journal.entries(of: "d-1")
    #expect(reading.damage?.sequence == 2 && reading.entries.count == 2, "\(reading)")
    let (list, verdicts) = (try await journal.deployments(), try await journal.verify("d-1"))
    // The list decodes only the last entry. A wrong number in another entry is found when that entry is read.
    if value != "-1.5" || column == "payload" || column == "chain" {
      #expect(list.contains { $0.id == "d-1" && isDamaged($0) } && verdicts.first?.damage?.sequence == 2)
    }
    #expect(try await journal.sequence(of: Digest(of: "x"), in: "d-1") == nil)
  }

  @Test("a deployment whose number no file can have is damaged", arguments: ["0", "-1", "9223372036854775807", "2147483648"])
  func numbers(number: String) async throws {
    let journal = try await strange("UPDATE deployments SET number = \(number) WHERE id = 'd-1'")
    #expect(try await journal.entries(of: "d-1").damage != nil)
    #expect(try await journal.deployments().contains { $0.id == "d-1" && isDamaged($0) })
  }
}
