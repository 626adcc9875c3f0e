import DeployCore
import DeployModel
import DeployStore
import Foundation
import PlanDrafts
import Testing

@Suite("The journal")
struct JournalTests {
  let folder: TemporaryFolder
  let journal: SQLiteJournal
  init() throws {
    folder = try TemporaryFolder()
    journal = try SQLiteJournal(in: folder.state())
  }

  @Test("entries come back in order, also to another process of the same lander")
  func roundTrip() async throws {
    let entries = Samples.facts.dropFirst().filter { if case .concluded = $0 { false } else { true } }
    let all = [Samples.entry(0, .planned(Samples.plan("d-1")))] + entries.enumerated().map { Samples.entry($0 + 1, $1) }
    try await journal.append(Array(all.prefix(5)), to: "d-1")
    try await journal.append(Array(all.dropFirst(5)), to: "d-1")
    let again = try SQLiteJournal(in: folder.state())
    let reading = try await again.entries(of: "d-1")
    #expect(reading.entries == all)
    #expect(reading.damage == nil)
    #expect(reading.isResumable)
    #expect(await again.head(of: "d-1") == journal.head(of: "d-1"))
  }

  @Test("a reader gets the entries from one on, chained to those that it has read, and hears of a break there")
  func tail() async throws {
    let all = Samples.deployment("d-1", count: 10)
    try await journal.append(all, to: "d-1")
    for first in 0...10 {
      let reading = try await journal.entries(of: "d-1", from: first)
      #expect(reading.entries == Array(all.dropFirst(first)) && reading.damage == nil, "from \(first)")
    }
    #expect(try await journal.entries(of: "d-1", from: 11).damage?.sequence == 10)
    #expect(try await journal.entries(of: "d-0", from: 3).entries.isEmpty)
    try SQLiteFile(folder.state().journal).tamper("UPDATE entries SET chain = zeroblob(32) WHERE key = (1 << 32 | 6)")
    let broken = try await SQLiteJournal(in: folder.state()).entries(of: "d-1", from: 4)
    #expect(broken.entries == Array(all[4..<6]) && broken.damage?.sequence == 6)
  }

  @Test("an entry out of order is refused and nothing of its append is written")
  func order() async throws {
    try await journal.append(Samples.deployment("d-1", count: 3), to: "d-1")
    let wrong = [Samples.entry(3, .noted(.remark("a"))), Samples.entry(5, .noted(.remark("b")))]
    await #expect(throws: Failure.self) { try await journal.append(wrong, to: "d-1") }
    await #expect(throws: Failure.self) { try await journal.append([Samples.entry(2, .noted(.remark("a")))], to: "d-1") }
    #expect(try await journal.entries(of: "d-1").entries.count == 3)
    try await journal.append([Samples.entry(3, .noted(.remark("c")))], to: "d-1")
  }

  @Test("entry 0 is a plan, and no other is")
  func plans() async throws {
    await #expect(throws: Failure.self) { try await journal.append([Samples.entry(0, .happened(.started))], to: "d-1") }
    try await journal.append(Samples.deployment("d-1", count: 1), to: "d-1")
    await #expect(throws: Failure.self) { try await journal.append([Samples.entry(1, .planned(Samples.plan("d-1")))], to: "d-1") }
  }

  @Test("nothing follows a conclusion, not even after a restart")
  func concluded() async throws {
    try await journal.append(Samples.deployment("d-1", count: 3, concluded: true), to: "d-1")
    let late = [Samples.entry(3, .noted(.remark("late")))]
    await #expect(throws: Failure.self) { try await journal.append(late, to: "d-1") }
    let again = try SQLiteJournal(in: folder.state())
    await #expect(throws: Failure.self) { try await again.append(late, to: "d-1") }
    #expect(try await journal.entries(of: "d-1").isResumable == false)
  }

  @Test("the pause that holds a deployment is in its summary until it is over, whatever else is said of pauses")
  func pause() async throws {
    func found() async throws -> Pause? { try await journal.deployments().first?.pause }
    try await journal.append(Samples.deployment("d-1", count: 1), to: "d-1")
    #expect(try await found() == nil)
    let said = Samples.entry(1, .happened(.said(Samples.message)))
    let held = Samples.entry(2, .noted(.paused(Samples.message)))
    let text = Samples.entry(3, .noted(.remark(#"{"noted":{"_0":{"paused":{}}}} "paused":"#)))
    try await journal.append([said, held, text], to: "d-1")
    #expect(try await found() == Pause(Samples.message, since: held.at))
    try await journal.append([Samples.entry(4, .noted(.paused(nil)))], to: "d-1")
    #expect(try await found() == nil)
  }

  @Test("an id that could leave the folder is refused")
  func names() async throws {
    for id: Deployment.ID in ["../x", "", ".x", "a/b", Deployment.ID(String(repeating: "x", count: 65)), "a\u{0}"] {
      await #expect(throws: Failure.self) { try await journal.append(Samples.deployment(id, count: 1), to: id) }
    }
  }

  @Test("two engines that write one deployment: the second one is refused, the chain stays whole")
  func race() async throws {
    try await journal.append(Samples.deployment("d-1", count: 2), to: "d-1")
    let other = try SQLiteJournal(in: folder.state())
    _ = await other.head(of: "d-1")
    try await other.append([Samples.entry(2, .noted(.remark("other")))], to: "d-1")
    await #expect(throws: Failure.self) { try await journal.append([Samples.entry(2, .noted(.remark("first")))], to: "d-1") }
    await #expect(throws: Failure.self) { try await journal.append([Samples.entry(2, .noted(.remark("first")))], to: "d-1") }
    #expect(try await journal.verify().map(\.damage) == [nil])
    // After the journal has read the other's entry, it may append behind that entry.
    try await journal.append([Samples.entry(3, .noted(.remark("after")))], to: "d-1")
  }

  @Test("appends of many deployments at once all become durable, each in its order")
  func manyAtOnce() async throws {
    let journal = journal
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<40 {
        group.addTask {
          let id: Deployment.ID = "d-\(number)"
          for entry in Samples.deployment(id, count: 20) { try await journal.append([entry], to: id) }
        }
      }
      try await group.waitForAll()
    }
    let verdicts = try await SQLiteJournal(in: folder.state()).verify()
    #expect(verdicts.count == 40)
    #expect(verdicts.allSatisfy { $0.damage == nil && $0.entries == 20 })
  }

  @Test("the list says what each deployment is and where it stands, the newest first")
  func list() async throws {
    try await journal.append(Samples.deployment("d-1", count: 4, concluded: true), to: "d-1")
    try await journal.append(Samples.deployment("d-2", count: 4), to: "d-2")
    try await journal.append(Samples.deployment("d-3", count: 2), to: "d-3")
    let claim = try #require(try journal.claim("d-3"))
    let list = try await journal.deployments()
    #expect(list.map(\.id) == ["d-3", "d-2", "d-1"])
    #expect(list.map(\.state) == [.running, .interrupted, .concluded(.succeeded)])
    #expect(list[1].entries == 4)
    #expect(list[1].kind == .rollback(of: "d-0"))
    #expect(list[1].lastEntry.milliseconds == 1_795_000_000_003)
    #expect([list[0].application, list[0].recipe, list[0].group, list[0].actor] == ["shop", "web", "production", "me@here"])
    claim.release()
    #expect(try await journal.deployments()[0].state == .interrupted)
  }

  @Test("a deployment that failed is interrupted until the rollback of its hosts has begun")
  func rollbackOwed() async throws {
    var plan = Samples.plan("d-1")
    plan = plan.edited { $0.kind = .deploy }
    let end = Conclusion(status: .failed, rollback: [1], hosts: [.pending, .pending])
    try await journal.append([Samples.entry(0, .planned(plan)), Samples.entry(1, .concluded(end))], to: "d-1")
    let claim = try #require(try journal.claim("d-1"))
    #expect(try await journal.deployments().map(\.state) == [.running])
    claim.release()
    #expect(try await journal.deployments().map(\.state) == [.interrupted])
    plan = plan.edited { $0.id = "d-2" }
    plan = plan.edited { $0.kind = .rollback(of: "d-1") }
    try await journal.append([Samples.entry(0, .planned(plan))], to: "d-2")
    #expect(try await journal.deployments().map(\.state) == [.interrupted, .concluded(.failed)])
    // No other rollback follows a rollback that fails.
    try await journal.append([Samples.entry(1, .concluded(end))], to: "d-2")
    #expect(try await journal.deployments().map(\.state) == [.concluded(.failed), .concluded(.failed)])
  }

  @Test("a chain that a receipt carries is found at the entry it was taken after")
  func receipts() async throws {
    try await journal.append(Samples.deployment("d-1", count: 3), to: "d-1")
    let port: any Journal = journal
    let head = try #require(await port.head(of: "d-1"))
    try await journal.append([Samples.entry(3, .noted(.remark("x")))], to: "d-1")
    #expect(try await journal.sequence(of: head, in: "d-1") == 2)
    #expect(try await journal.sequence(of: Digest(of: "other"), in: "d-1") == nil)
  }

  @Test("an unknown deployment has no entries")
  func unknown() async throws {
    #expect(try await journal.entries(of: "nobody").entries.isEmpty)
  }

  @Test("a list of deployments says how many hosts could not be taken back")
  func notRestored() async throws {
    let error = ScriptError(Failure(.failed, "boom"))
    let end = Conclusion(status: .succeeded, hosts: [.succeeded, .restoreFailed(error, restoring: error, commands: ["ls"])])
    try await journal.append([Samples.entry(0, .planned(Samples.plan("d-1"))), Samples.entry(1, .concluded(end))], to: "d-1")
    let summary = try #require(try await journal.deployments().first)
    #expect(summary.notRestored == 1 && summary.end == "restore failed")
  }
}
