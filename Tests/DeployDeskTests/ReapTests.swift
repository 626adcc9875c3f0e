import DeployModel
import DeploySimulation
import Testing

@testable import DeployDesk

@Suite("Parked deployments that nobody answered, ended by whoever looks")
struct ReapTests {
  private func met(_ bench: Bench, by folder: StateFolder) async throws -> [Surveyed] {
    var found: [Surveyed] = []
    // The hosts are listed twice, because a project may have them for two recipes.
    for selection in try ParkTests().selections(bench) + ParkTests().selections(bench) {
      found.append(await folder.desk.survey(selection))
    }
    return found
  }

  @Test("one that still waits is named and left alone; after its deadline it ends once, and its hosts go back")
  func reaped() async throws {
    let bench = try Bench(ParkTests.text)
    let (first, second) = (StateFolder("one", on: bench), StateFolder("two", on: bench))
    let plan = try await ParkTests().parked(bench, by: first)
    let early = try await second.desk.reap(try await met(bench, by: second))
    #expect(early.late.isEmpty && early.waiting.map(\.parked.deployment) == [plan.id])
    #expect(bench.transport.hosts.allSatisfy { $0.lock?.parked != nil })
    for _ in 1...3 { await bench.clock.sleep(.minutes(90)) }
    bench.inboxes.told.value = Awaited(gate: 1, kind: .approval)
    let result = try await second.desk.reap(try await met(bench, by: second))
    #expect(result.waiting.isEmpty && result.late.map(\.id) == [plan.id] && result.late[0].problems == nil)
    #expect(result.late[0].end?.deployments.first?.conclusion?.error?.failure.kind == .rejected)
    #expect(bench.transport.hosts.allSatisfy { $0.lock == nil && $0.current == nil })
    // The state folder that parked the deployment learns its end from the hosts, and records it.
    let found = try await met(bench, by: first)
    #expect(try await first.desk.past.deployments().map(\.isOpen) == [true])
    #expect(try await first.desk.learnEnds(from: found).map(\.id) == [plan.id])
    let known = try await first.desk.past.deployments()
    #expect(known.map(\.isElsewhere) == [true] && known.map(\.isOpen) == [false])
    #expect(try await first.desk.learnEnds(from: found).isEmpty)
    let after = try await second.desk.reap(try await met(bench, by: second))
    #expect(after.late.isEmpty && after.waiting.isEmpty)
  }

  @Test("a parked deployment that hosts still keep is not taken for ended, also if some host is unreachable")
  func kept() async throws {
    let bench = try Bench(ParkTests.text)
    let (first, second) = (StateFolder("one", on: bench), StateFolder("two", on: bench))
    _ = try await ParkTests().parked(bench, by: first)
    #expect(try await first.desk.learnEnds(from: try await met(bench, by: second)).isEmpty)
    #expect(try await first.desk.past.deployments().map(\.isOpen) == [true])
  }

  @Test("one that was approved elsewhere and succeeded is known as succeeded where it was parked")
  func approved() async throws {
    let bench = try Bench(ParkTests.text)
    let (first, second) = (StateFolder("one", on: bench), StateFolder("two", on: bench))
    let plan = try await ParkTests().parked(bench, by: first)
    let found = try #require(try await second.desk.findParked(plan.id.rawValue, on: try ParkTests().selections(bench)).found)
    bench.inboxes.told.value = Awaited(gate: 1, kind: .approval)
    let resumed = try await second.desk.resumeParked(
      try await second.desk.adopt(found), MessageDraft(.approve, gate: "1"), of: bench.project, staying: .always)
    guard case .running(let running) = resumed else { throw Failure(.failed, "it has ended") }
    #expect(try await bench.end(running).deployments.map(\.conclusion?.status) == [.succeeded])
    let learned = try await first.desk.learnEnds(from: try await met(bench, by: first))
    #expect(learned.map(\.id) == [plan.id])
    #expect(try await first.desk.past.deployments().map(\.status) == [.succeeded])
  }

  @Test("of two that reap at once the second says that another was faster, and no end of its own", arguments: [false, true])
  func twice(hasJournal: Bool) async throws {
    let bench = try Bench(ParkTests.text)
    let (first, second, third) = (StateFolder("one", on: bench), StateFolder("two", on: bench), StateFolder("three", on: bench))
    let plan = try await ParkTests().parked(bench, by: first)
    for _ in 1...3 { await bench.clock.sleep(.minutes(90)) }
    bench.inboxes.told.value = Awaited(gate: 1, kind: .approval)
    // Both survey the hosts before one of them begins.
    let (early, late) = (try await met(bench, by: second), try await met(bench, by: third))
    if hasJournal { _ = try await third.desk.adopt(try #require(late.first?.parked.first)) }
    #expect(try await second.desk.reap(early).late.map { $0.end == nil } == [false])
    let loser = try await third.desk.reap(late)
    #expect(loser.late.map(\.id) == [plan.id] && loser.late[0].end == nil && loser.late[0].problems == nil, "\(loser)")
  }

  @Test("a host that two selections name and that does not answer is counted once")
  func away() throws {
    let selection = try ParkTests().selections(try Bench(ParkTests.text))[0]
    let answers = [Survey.unreachable(Failure(.unreachable, "away")), .reached(.fresh), .unreachable(Failure(.unreachable, "away"))]
    let one = Surveyed(selection: selection, surveys: answers)
    #expect(Surveyed.away(in: [one, one]) == 2)
  }
}
