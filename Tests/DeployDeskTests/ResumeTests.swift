import DeployModel
import DeploySimulation
import PlanDrafts
import Testing

@testable import DeployDesk

/// Tests that users resume and cancel a deployment and its rollback as one.
struct ResumeTests {
  private static let text = Bench.text(
    body: "strategy = rolling, on = { ApplicationStart = function(host) host:run \"start\" end },")

  /// Returns release 2 after it failed on h2, with a rollback that began and was interrupted.
  private func leftInRollback() async throws -> (bench: Bench, ids: [Deployment.ID], before: [Release.ID?]) {
    let first = try Bench(Self.text)
    try await first.deploy()
    var faults = Faults()
    faults.appointments = [.failing(host: 1, .applicationStart, release: nil)]
    let bench = try Bench(Self.text, files: ["app/version": "2\n"], hosts: first.transport.hosts, after: first, faults: faults)
    let plan = try await bench.plan().plan
    let end = try await bench.leave(bench.desk.deploy(plan)) { journal in
      guard let newest = await journal.deployments().first, newest.kind == .rollback(of: plan.id) else { return false }
      return await journal.hasBegunWave(of: newest.id)
    }
    let ids = end.deployments.map(\.plan.id)
    try #require(ids.count == 2)
    return (bench, ids, first.transport.hosts.map(\.current))
  }

  @Test(
    "left in the rollback: resume and cancel, with either id or none, finish it, and both are one end",
    arguments: [nil, "lander cancel"], [nil, 0, 1])
  func finished(_ reason: String?, _ named: Int?) async throws {
    let (bench, ids, before) = try await leftInRollback()
    let pair = try await bench.desk.past.pair(named.map { ids[$0].rawValue }, or: [.running, .interrupted])
    #expect(pair.members.map(\.id) == ids && pair.state == .interrupted)
    guard case .running(let running) = try await bench.desk.resume(pair, cancelling: reason) else {
      Issue.record("it had ended")
      return
    }
    running.start()
    var recalled: [Deployment.ID] = []
    for await event in running.events {
      switch event {
      case .recalled(let id, _), .repeated(let id, _): if recalled.last != id { recalled.append(id) }
      default: break
      }
    }
    let end = try await running.end()
    #expect(recalled == ids, "both are told again, in order")
    #expect(end.deployments.map(\.plan.id) == ids && end.deployments.map(\.conclusion?.status) == [.failed, .succeeded])
    #expect(!end.isWayBackOnly)
    #expect(bench.transport.hosts.map(\.current) == before && bench.transport.hosts.allSatisfy { $0.lock == nil })
    guard case .ended = try await bench.desk.resume(pair) else {
      Issue.record("it was resumed twice")
      return
    }
  }

  @Test("a new deployment is refused while a rollback that was left holds the lock, with the command that finishes it")
  func first() async throws {
    let (bench, ids, _) = try await leftInRollback()
    let text = await refusal { _ = try await bench.plan() }
    #expect(text.contains("lander resume \(ids[1]) finishes the way back"), "\(text)")
  }

  @Test("of several deployments that have not ended none is taken without its id: all are named")
  func several() async throws {
    let (bench, ids, _) = try await leftInRollback()
    let alone = try await bench.desk.past.pair(nil, or: [.running, .interrupted])
    #expect(alone.members.map(\.id).contains(ids[0]))
    guard case .planned(let one)? = await bench.journal.entries(of: ids[0]).entries.first?.fact else { return #expect(Bool(false)) }
    let subject = Plan.Subject(application: "app", recipe: "app", group: "other", parameters: one.subject.parameters)
    let origin = Plan.Origin(id: "20991231-000000-late", kind: .deploy, actor: "kim@laptop", at: bench.desk.now, engine: "test", seed: 1)
    let plan = Plan(
      origin: origin, subject: subject, content: one.content, placement: one.placement, flow: one.flow, hosts: one.hosts,
      bounds: one.bounds, lock: one.lock)
    try await bench.journal.append([Entry(sequence: 0, at: bench.desk.now, fact: .planned(plan))], to: plan.id)
    let text = await refusal { _ = try await bench.desk.past.pair(nil, or: [.running, .interrupted]) }
    #expect(
      text.hasPrefix("2 deployments made from here have not ended, and nothing says which one is meant\n  → say its id:\n"), "\(text)")
    #expect(text.contains("20991231-000000-late  app to other, interrupted") && text.contains("\(ids[0])  app to "), "\(text)")
    do {
      _ = try await bench.desk.past.pair(nil, or: [.running, .interrupted])
    } catch let problems as Problems { #expect(problems.exit == .refused) }
    #expect(try await bench.desk.past.pair("late", or: []).first.id == plan.id)
  }

  @Test("nothing open is said, with the command that lists what there was")
  func nothing() async throws {
    let bench = try Bench(Self.text)
    try await bench.deploy()
    expectText(
      await refusal { _ = try await bench.desk.past.pair(nil, or: [.interrupted, .running]) },
      "no deployment made from here is open: all have ended\n  → lander history lists them\n")
  }
}
