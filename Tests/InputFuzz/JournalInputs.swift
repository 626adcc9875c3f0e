import DeployCore
import DeployModel
import DeployReport
import DeployStore
import Foundation
import GRDB
import PlanDrafts

/// Changed journals: bytes of the file, fields of its rows, and entries with a matching chain.
struct JournalInputs: InputKind {
  private let folder: String
  private let whole: [UInt8]

  init() throws {
    folder = try Scratch.folder("journals")
    let file = folder + "/whole.sqlite"
    try Self.write(SamplePlan.entries("d-1").map { try CompactJSON.encode($0) }, to: file)
    whole = Array(try Data(contentsOf: URL(fileURLWithPath: file)))
  }

  func input(_ seed: UInt64) throws -> [UInt8] {
    var chance = Chance(seed)
    switch chance.below(4) {
    case 0: return Mutator.binary(whole, &chance)
    case 1: return try changed { try $0.execute(sql: Self.strangeRow(&chance)) }
    default:
      var payloads = try SamplePlan.entries("d-1").map { try CompactJSON.encode($0) }
      for _ in 0...chance.below(3) {
        let at = chance.below(payloads.count)
        payloads[at] = Mutator.text(payloads[at], ["null", "[]", "{}", "\"x\"", ",", "\\u0000", "true", "-1"], &chance)
      }
      if chance.happens(1, in: 4) { payloads.shuffle(using: &chance) }
      let file = folder + "/made.sqlite"
      try Self.write(payloads, to: file)
      return Array(try Data(contentsOf: URL(fileURLWithPath: file)))
    }
  }

  /// Returns SQL that removes the rules of both tables and gives one field another kind of value.
  private static func strangeRow(_ chance: inout Chance) -> String {
    let value = chance.pick(["NULL", "x'00ff'", "''", "'text'", "-1", "1.5", "9223372036854775807", "-9223372036854775808", "zeroblob(32)"])
    let (table, column) = chance.pick([
      ("entries", "key"), ("entries", "at"), ("entries", "coding"), ("entries", "payload"), ("entries", "chain"), ("deployments", "number"),
      ("deployments", "id"), ("deployments", "application"), ("deployments", "kind"), ("deployments", "bundle"), ("deployments", "hosts"),
      ("deployments", "began"), ("deployments", "\"group\""),
    ])
    let rows = table == "entries" ? " WHERE rowid = \(1 + chance.below(17))" : ""
    return """
      CREATE TABLE e AS SELECT * FROM entries; DROP TABLE entries; ALTER TABLE e RENAME TO entries;
      CREATE TABLE d AS SELECT * FROM deployments; DROP TABLE deployments; ALTER TABLE d RENAME TO deployments;
      UPDATE \(table) SET \(column) = \(value)\(rows)
      """
  }

  private func changed(_ change: (Database) throws -> Void) throws -> [UInt8] {
    let file = folder + "/changed.sqlite"
    try Data(whole).write(to: URL(fileURLWithPath: file))
    let queue = try DatabaseQueue(path: file)
    try queue.writeWithoutTransaction { database in
      try change(database)
      _ = try Row.fetchOne(database, sql: "PRAGMA wal_checkpoint(TRUNCATE)")
    }
    try queue.close()
    return Array(try Data(contentsOf: URL(fileURLWithPath: file)))
  }

  /// Writes a journal with these payloads and a matching chain.
  private static func write(_ payloads: [[UInt8]], to file: String) throws {
    for end in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: file + end) }
    let state = try StateDirectory(file + "-state-\(UInt32.random(in: 0 ... .max))")
    defer { try? FileManager.default.removeItem(atPath: state.path) }
    _ = try SQLiteJournal(in: state)
    try FileManager.default.moveItem(atPath: state.journal, toPath: file)
    let queue = try DatabaseQueue(path: file)
    var hash = Sha256()
    hash.update(Array("lander journal 1\nd-1\n".utf8))
    var chain = Self.raw(hash.digest)
    try queue.writeWithoutTransaction { database in
      try database.execute(
        sql: """
          INSERT INTO deployments (id, application, recipe, "group", kind, actor, bundle, hosts, began)
          VALUES ('d-1', 'shop', 'web', 'production', '{"deploy":{}}', 'kim', 'abcd', 2, 1795260645000)
          """)
      for (sequence, payload) in payloads.enumerated() {
        var hash = Sha256()
        hash.update(chain)
        hash.update(payload)
        chain = Self.raw(hash.digest)
        try database.execute(
          sql: "INSERT INTO entries (key, at, coding, payload, chain) VALUES (?, ?, 1, ?, ?)",
          arguments: [1 << 32 | sequence, 1_795_260_645_000 + sequence, Data(payload), Data(chain)])
      }
      _ = try Row.fetchOne(database, sql: "PRAGMA wal_checkpoint(TRUNCATE)")
    }
    try queue.close()
  }

  private static func raw(_ digest: DeployModel.Digest) -> [UInt8] {
    let digits = Array(digest.hex.utf8).map { UInt8($0 > 57 ? $0 - 87 : $0 - 48) }
    return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
  }

  func read(_ input: [UInt8], _ seed: UInt64) async throws {
    let place = "\(folder)/state-\(seed % 4)"
    try? FileManager.default.removeItem(atPath: place)
    let state = try StateDirectory(place)
    try Data(input).write(to: URL(fileURLWithPath: state.journal))
    guard let journal = try? SQLiteJournal(in: state) else { return }
    let all = (try? await journal.deployments()) ?? []
    _ = try? await journal.verify()
    _ = try? await journal.sequence(of: SamplePlan.digest, in: "d-1")
    _ = await journal.head(of: "d-1")
    let surface = Surface()
    _ = HistoryReport(
      all.map {
        HistoryLine(
          id: $0.id, began: $0.began, what: $0.recipe, group: $0.group, revision: $0.bundle?.short ?? "", hosts: $0.hosts, actor: $0.actor,
          state: "\($0.state)", style: .good)
      }
    ).lines(on: surface)
    guard let reading = try? await journal.entries(of: "d-1") else { return }
    var plain = PlainReport(on: surface)
    var json = LinesOfJSON()
    for entry in reading.entries { _ = plain.take(entry, of: "d-1") + json.take(entry, of: "d-1") }
    let story = DeploymentStory(reading.entries)
    _ = Summary(story).lines(on: surface) + ["\(story.duration)"]
    guard reading.damage == nil, EntrySense.nonsense(in: reading.entries) == nil,
      case .planned(let plan)? = reading.entries.first?.fact
    else { return }
    _ = PlanReport(plan).lines(on: surface)
    _ = try? Recovery(replaying: reading.entries, of: plan, scripts: NoScripts())
    if let end = story.conclusion {
      let identity = Planner.Identity(id: "back", actor: "kim", at: plan.origin.at, engine: "1", token: "u", seed: 1)
      _ = RollbackPlanner.plan(after: plan, end, by: identity)
    }
    _ = try? await journal.append([Entry(sequence: reading.entries.count, at: plan.origin.at, fact: .resumed(actor: "x"))], to: "d-1")
  }
}

/// Scripts that end at once.
private final class NoScripts: Scripts {
  func start(_ script: ScriptID, _ body: Body, on subject: Subject) {}
  func step(_ script: ScriptID, _ answer: Answer) -> Step { Step(.ended(.returned(.null))) }
  func kill(_ script: ScriptID) {}
}
