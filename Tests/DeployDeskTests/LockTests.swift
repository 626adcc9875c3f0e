import DeployCore
import DeployModel
import DeploySimulation
import PlanDrafts
import Testing

@testable import DeployDesk

/// Tests locks on hosts whose holders may be dead.
struct LockTests {
  private let body = "on = { ApplicationStart = function(host) host:run \"start\" end },"

  /// Returns a deployment that nobody runs any more and that still holds its locks.
  private func left(_ text: String) async throws -> (bench: Bench, id: Deployment.ID) {
    let bench = try Bench(text)
    let plan = try await bench.plan().plan
    _ = try await bench.leave(bench.desk.deploy(plan)) { await $0.hasBegunWave(of: plan.id) }
    try #require(bench.transport.hosts.contains { $0.lock?.lock.deployment == plan.id })
    return (bench, plan.id)
  }

  @Test("an interrupted deployment that holds the lock comes before a new one, which is refused with the commands that end it")
  func interrupted() async throws {
    let (bench, id) = try await left(Bench.text(body: body))
    let text = await refusal { _ = try await bench.plan() }
    expectText(
      text,
      """
      deployment \(id) was interrupted and still holds the lock: the process that ran it on this machine is gone
        → lander resume \(id) resumes it, lander cancel \(id) takes it back
          lander unlock test gives the lock back and leaves the hosts as they are

      """)
  }

  @Test("the lock of a deployment whose journal is elsewhere is taken over if its process is gone: told once, when that begins")
  func gone() async throws {
    let (first, id) = try await left(Bench.text(body: body))
    var hosts = first.transport.hosts
    for index in hosts.indices { hosts[index].lock?.lock.process = "boot 1" }
    let bench = try Bench(Bench.text(body: body), hosts: hosts)
    bench.engines.end("boot 1")
    let plan = try await bench.plan().plan
    #expect(plan.hosts.compactMap(\.inherits).count == hosts.count { $0.lock != nil })
    func told() -> [DeskEvent] {
      bench.events.filter { if case .remark(let text) = $0 { text.contains("its process is gone") } else { false } }
    }
    #expect(told() == [], "a plan takes nothing over")
    _ = try await bench.end(bench.desk.deploy(plan))
    #expect(
      told() == [
        .remark(
          "Deployment \(id), started from another folder of this machine, still holds the lock, and its process is gone; taking it over.")
      ])
  }

  @Test("a holder that lives keeps its lock: unlock names it and what is better, and takes nothing away")
  func living() async throws {
    let (bench, id) = try await left(Bench.text(body: body))
    let claim = try #require(bench.journal.claim(id))
    let found = await bench.desk.survey(try bench.project.project.selection(recipe: nil, group: nil))
    let locks = try await bench.desk.locks(on: [found])
    #expect(!locks.all.isEmpty && locks.dead.isEmpty)
    let text = await refusal { try locks.refuseLiving() }
    #expect(text.contains("the holder, me@bench, still lives: its lease ends in") && text.contains("lander cancel \(id)"), "\(text)")
    claim.release()
  }

  @Test("the locks of a dead holder are taken away from every host, and nobody can resume it meanwhile")
  func unlocked() async throws {
    let (bench, id) = try await left(Bench.text(body: body))
    let selection = try bench.project.project.selection(recipe: nil, group: nil)
    let locks = try await bench.desk.locks(on: [await bench.desk.survey(selection)])
    #expect(locks.dead.map(\.holder.own) == [id])
    try locks.refuseLiving()
    let claim = try #require(bench.journal.claim(id))
    let text = await refusal { try await bench.desk.unlock(locks) { _ in } }
    #expect(text.hasPrefix("deployment \(id) is being resumed just now"), "\(text)")
    claim.release()
    var names: [String] = []
    try await bench.desk.unlock(locks) { names.append($0.name) }
    #expect(names == locks.all.map(\.site.host.name))
    #expect(bench.transport.hosts.allSatisfy { $0.lock == nil })
  }

  @Test("cancel asks the process that runs the newest member of a pair, and says what to do if none listens")
  func cancel() async throws {
    let bench = try Bench(Bench.text(body: body))
    let pair = DeploymentPair(
      first: PastTests.deployment("d1", .concluded(.failed)), back: PastTests.deployment("b1", .running, kind: .rollback(of: "d1")))
    let text = await refusal { _ = try await bench.desk.cancel(pair) }
    expectText(
      text, "the process that runs d1 was not found\n  → press Ctrl-C in its terminal, or try again once it is gone\n")
    #expect(bench.engines.told == ["d1", "b1"])
  }
}
