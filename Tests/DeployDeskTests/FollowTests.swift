import DeployModel
import DeploySimulation
import Testing

@testable import DeployDesk

/// Tests what a user learns who follows a deployment that another process runs.
struct FollowTests {
  private static let text = Bench.text(
    body: "strategy = rolling, on = { ApplicationStart = function(host) host:run \"start\" end },")

  /// Returns two hosts that run release 1. The deployment of release 2 will fail on h2.
  private func failing() async throws -> Bench {
    let first = try Bench(Self.text)
    try await first.deploy()
    var faults = Faults()
    faults.appointments = [.failing(host: 1, .applicationStart, release: nil)]
    return try Bench(Self.text, files: ["app/version": "2\n"], hosts: first.transport.hosts, after: first, faults: faults)
  }

  private struct Line: Hashable {
    var deployment: Deployment.ID
    var sequence: Int
  }

  /// Returns the entries that a follower gets: those that it had seen, and those that are new.
  private func followed(
    _ bench: Bench, _ word: String?, after last: Int? = nil
  ) async throws -> (known: [Line], new: [Line], pair: DeploymentPair) {
    var (known, new): ([Line], [Line]) = ([], [])
    let pair = try await bench.desk.follow(word, after: last) { event in
      switch event {
      case .known(let id, let entry): known.append(Line(deployment: id, sequence: entry.sequence))
      case .entry(let id, let entry): new.append(Line(deployment: id, sequence: entry.sequence))
      case .quiet: break
      }
    }
    return (known, new, pair)
  }

  private func all(_ bench: Bench, _ ids: [Deployment.ID]) async -> [Line] {
    var lines: [Line] = []
    for id in ids {
      for entry in await bench.journal.entries(of: id).entries { lines.append(Line(deployment: id, sequence: entry.sequence)) }
    }
    return lines
  }

  @Test("a follower learns every entry of a deployment and of the rollback that follows from it, once and in order, while they are written")
  func whileItRuns() async throws {
    let bench = try await failing()
    let plan = try await bench.plan().plan
    let running = bench.desk.deploy(plan)
    running.start()
    while await bench.journal.entries(of: plan.id).entries.isEmpty { await Task.yield() }
    let told = try await followed(bench, nil)
    for await _ in running.events {}
    let ids = try await running.end().deployments.map(\.plan.id)
    #expect(ids.count == 2 && told.pair.members.map(\.id) == ids && told.pair.state == .concluded)
    #expect(told.known.isEmpty)
    #expect(told.new == (await all(bench, ids)))
  }

  @Test("a follower that names the last line it has gets what comes after it, and no line twice", arguments: [0, 1])
  func after(_ member: Int) async throws {
    let bench = try await failing()
    let ids = try await bench.deploy().deployments.map(\.plan.id)
    let told = try await followed(bench, ids[member].rawValue, after: 3)
    let whole = await all(bench, member == 0 ? ids : [ids[1]])
    #expect(told.known == Array(whole.prefix(4)) && told.new == Array(whole.dropFirst(4)))
    let newest = await bench.journal.entries(of: ids[0]).entries.count - 1
    expectText(
      await refusal { _ = try await followed(bench, ids[0].rawValue, after: newest + 1) },
      """
      --since-seq: deployment \(ids[0]) has no entry \(newest + 1): its newest one is \(newest)
        → name the deployment and the seq of the last line that you have

      """)
  }

  @Test("a follower of a deployment whose engine is gone is told its entries, and then that nobody runs it")
  func interrupted() async throws {
    let bench = try await failing()
    let plan = try await bench.plan().plan
    _ = try await bench.leave(bench.desk.deploy(plan)) { await $0.hasBegunWave(of: plan.id) }
    var count = 0
    let text = await refusal {
      _ = try await bench.desk.follow(nil) { if case .entry = $0 { count += 1 } }
    }
    #expect(count > 3)
    expectText(
      text,
      """
      no engine runs deployment \(plan.id) any more, and it has not ended: it was interrupted
        → lander resume \(plan.id) resumes it, lander cancel \(plan.id) takes it back

      """)
  }

  @Test("who waits no longer than a time is told that the deployment has not ended, and its engine continues")
  func patience() async throws {
    let bench = try await failing()
    let plan = try await bench.plan().plan
    let running = bench.desk.deploy(plan)
    running.start()
    while await bench.journal.entries(of: plan.id).entries.isEmpty { await Task.yield() }
    let text = await refusal { _ = try await bench.desk.follow(plan.id.rawValue, patience: .zero) { _ in } }
    expectText(text, "deployment \(plan.id) has not ended within 0 ms, and continues\n  → lander wait \(plan.id) waits again\n")
    for await _ in running.events {}
    #expect(try await running.end().deployments.count == 2)
  }
}
