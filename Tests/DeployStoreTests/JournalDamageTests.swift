import DeployModel
import DeployStore
import Foundation
import GRDB
import PlanDrafts
import Testing

/// Changes a journal's file with SQL, as a person with `sqlite3` could.
struct SQLiteFile {
  let path: String
  init(_ path: String) { self.path = path }

  func run(_ sql: String) throws {
    let queue = try DatabaseQueue(path: path)
    try queue.writeWithoutTransaction { try $0.execute(sql: sql) }
    try queue.close()
  }

  /// Removes the triggers that protect the entries, then runs the SQL.
  func tamper(_ sql: String) throws { try run("DROP TRIGGER entries_stay; DROP TRIGGER entries_stay_as_they_are; \(sql)") }
}

@Suite("A damaged journal")
struct JournalDamageTests {
  let folder: TemporaryFolder
  let state: StateDirectory
  init() throws {
    folder = try TemporaryFolder()
    state = try folder.state()
  }

  /// Writes ten entries of one deployment and all entries of another one, then changes the file with `sql`.
  private func damaged(_ sql: String) async throws -> SQLiteJournal {
    let journal = try SQLiteJournal(in: state)
    try await journal.append(Samples.deployment("d-1", count: 10), to: "d-1")
    try await journal.append(Samples.deployment("d-2", count: 3, concluded: true), to: "d-2")
    try SQLiteFile(state.journal).tamper(sql)
    return try SQLiteJournal(in: state)
  }

  static let key = "(1 << 32 | 6)"

  @Test(
    "a change to any field is found at the very entry, and the entries before it are read",
    arguments: [
      "UPDATE entries SET payload = CAST(replace(CAST(payload AS TEXT), 'remark 6', 'remark 7') AS BLOB) WHERE key = \(key)",
      "UPDATE entries SET chain = zeroblob(32) WHERE key = \(key)",
      "UPDATE entries SET at = at + 1 WHERE key = \(key)",
      "UPDATE entries SET coding = 2 WHERE key = \(key)",
      "DELETE FROM entries WHERE key = \(key)",
      "UPDATE entries SET payload = x'7b' WHERE key = \(key)",
    ])
  func change(sql: String) async throws {
    let journal = try await damaged(sql)
    let reading = try await journal.entries(of: "d-1")
    #expect(reading.damage?.sequence == 6)
    #expect(reading.entries == Array(Samples.deployment("d-1", count: 10).prefix(6)))
    #expect(!reading.isResumable)
    let other = try await journal.entries(of: "d-2")
    #expect(other.damage == nil)
    #expect(other.entries.count == 3)
  }

  @Test("the list and the audit name the damaged deployment and no other")
  func audit() async throws {
    let journal = try await damaged("UPDATE entries SET payload = CAST(payload || x'20' AS BLOB) WHERE key = \(Self.key)")
    let verdicts = try await journal.verify()
    #expect(verdicts.map { $0.damage?.sequence } == [6, nil])
    #expect(verdicts[0].entries == 6)
    let list = try await journal.deployments()
    #expect(list[0].state == .concluded(.succeeded))
    guard case .damaged(let damage) = list[1].state else {
      Issue.record("d-1 is not shown as damaged")
      return
    }
    #expect(damage.what.contains("chain"))
  }

  @Test("an entry in the place of another, with its own right chain value, is found")
  func swapped() async throws {
    let journal = try await damaged(
      "UPDATE entries SET payload = (SELECT payload FROM entries WHERE key = (1 << 32 | 7)) WHERE key = \(Self.key)")
    #expect(try await journal.verify("d-1")[0].damage?.sequence == 6)
  }

  @Test("entries under another deployment's name do not fit its chain")
  func renamed() async throws {
    let journal = try await damaged("UPDATE deployments SET id = 'd-9' WHERE number = 1")
    #expect(try await journal.verify("d-9")[0].damage?.sequence == 0)
  }

  @Test("without any entry left a deployment is damaged, not forgotten")
  func emptied() async throws {
    let journal = try await damaged("DELETE FROM entries WHERE key < (2 << 32)")
    guard case .damaged = try await journal.deployments()[1].state else {
      Issue.record("not shown as damaged")
      return
    }
  }

  @Test("the file itself refuses to change or lose an entry")
  func guards() async throws {
    let journal = try SQLiteJournal(in: state)
    try await journal.append(Samples.deployment("d-1", count: 3), to: "d-1")
    #expect(throws: (any Error).self) { try SQLiteFile(state.journal).run("DELETE FROM entries") }
    #expect(throws: (any Error).self) { try SQLiteFile(state.journal).run("UPDATE entries SET at = 0") }
    #expect(try await journal.entries(of: "d-1").entries.count == 3)
  }

  @Test("reading a damaged deployment changes no byte of the file")
  func untouched() async throws {
    let journal = try await damaged("UPDATE entries SET chain = zeroblob(32) WHERE key = \(Self.key)")
    let before = try Shell.run("cd '\(state.path)' && cat journal.sqlite journal.sqlite-wal | sha256sum").out
    _ = try await journal.entries(of: "d-1")
    _ = try await journal.deployments()
    _ = try await journal.verify()
    #expect(try Shell.run("cd '\(state.path)' && cat journal.sqlite journal.sqlite-wal | sha256sum").out == before)
  }
}
