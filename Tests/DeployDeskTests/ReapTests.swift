import DeployModel
import DeploySimulation
import Testing

@testable import DeployDesk

@Suite("Parked deployments that nobody answered, ended by whoever looks")
struct ReapTests {
  private func met(_ bench: Bench, by folder: StateFolder) async throws -> [Surveyed] {
    var found: [Surveyed] = []
    // Twice the same hosts: a project may name them for two recipes.
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
    let reaping = try await second.desk.reap(try await met(bench, by: second))
    #expect(reaping.waiting.isEmpty && reaping.late.map(\.id) == [plan.id] && reaping.late[0].problems == nil)
    #expect(reaping.late[0].end?.deployments.first?.conclusion?.error?.failure.kind == .rejected)
    #expect(bench.transport.hosts.allSatisfy { $0.lock == nil && $0.current == nil })
    let after = try await second.desk.reap(try await met(bench, by: second))
    #expect(after.late.isEmpty && after.waiting.isEmpty)
  }
}
