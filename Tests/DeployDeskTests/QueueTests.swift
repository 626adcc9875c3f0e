import DeployCore
import DeployModel
import PlanDrafts
import Testing

@testable import DeployDesk
@testable import DeploySimulation

/// Tests deployments whose hosts are busy.
struct QueueTests {
  private static let text = Bench.text(
    hosts: 2, body: "params = { n = param.string { default = \"0\" } }, on = { ApplicationStart = function(host) host:run \"start\" end },")
  private static let longest = WhenBusy.wait(.minutes(7 * 24 * 60))

  private func asked(_ number: Int, sequence: Int? = nil) -> Asked {
    Asked(DeploymentRequest(parameters: [Value.Member("n", .text("\(number)"))], sequence: sequence))
  }

  /// Locks a host for another deployment, whose engine is alive as long as the test runs.
  private func hold(_ bench: Bench, _ host: String, _ deployment: Deployment.ID = "other-1") {
    let lock = Lock(
      deployment: deployment, token: "t-\(deployment)", owner: "kim@laptop", purpose: "deploy web of shop", since: bench.clock.now(),
      fence: 0, leaseLeft: 0)
    bench.transport.change(host) { $0.lock = SimulatedHost.HeldLock(lock: lock, lease: .minutes(1_000_000), renewed: bench.clock.now()) }
  }

  private func free(_ bench: Bench, _ host: String) { bench.transport.change(host) { $0.lock = nil } }

  /// Waits in the line and deploys.
  private func deploy(_ desk: Desk, _ bench: Bench, _ asked: Asked, _ busy: WhenBusy, urgent: String? = nil) async throws -> Conclusion? {
    let plan = try await desk.planInTurn(asked, of: bench.project, busy, urgent: urgent).plan
    return try await bench.end(desk.deploy(plan)).deployments.last?.conclusion
  }

  private func until(_ isSo: () throws -> Bool) async throws {
    for _ in 0..<30_000 {
      if try isSo() { return }
      try await Task.sleep(for: .milliseconds(2))
    }
    Issue.record("it did not come to that within a minute")
  }

  @Test("fifty deployments of one group that wait in line run one after the other, in the order in which they came, and none is lost")
  func fifty() async throws {
    let bench = try Bench(Self.text)
    hold(bench, "h1")
    var running: [Task<Conclusion?, any Error>] = []
    for number in 1...50 {
      let desk = bench.another()
      running.append(Task { try await deploy(desk, bench, asked(number), Self.longest) })
      try await until { try bench.host("h1").line.count == number }
    }
    free(bench, "h1")
    for task in running { #expect(try await task.value?.status == .succeeded) }
    var plans: [Plan] = []
    for one in try await bench.desk.past.deployments() {
      if case .planned(let plan)? = await bench.journal.entries(of: one.id).entries.first?.fact { plans.append(plan) }
    }
    plans.sort { $0.lock.fence < $1.lock.fence }
    #expect(plans.map(\.lock.fence) == Array(1...50), "each was planned after the one before it had ended")
    #expect(plans.map { $0.subject.parameters["n"]?.text } == (1...50).map { "\($0)" })
    #expect(try bench.host("h1").line.isEmpty && bench.transport.hosts.allSatisfy { $0.lock == nil })
  }

  @Test("who waits hears for whom, since when and until when, and at the bound is refused as busy with the holder and the next command")
  func bound() async throws {
    let bench = try Bench(Self.text)
    hold(bench, "h1", "other-7")
    let text = await refusal { _ = try await bench.desk.planInTurn(asked(1), of: bench.project, .wait(.minutes(3))) }
    #expect(text.contains("h1: waited 3 m for deployment other-7 of kim@laptop, which has had the lock of h1 for 3 m"), "\(text)")
    #expect(text.contains("lander cancel other-7 ends it"), "\(text)")
    let standings = bench.events.compactMap { if case .standing(let one) = $0 { one } else { nil } }
    let first = try #require(standings.first)
    #expect(first.holder?.deployment == "other-7" && first.until - first.now == .minutes(3) && first.ahead.isEmpty)
    #expect(standings.count >= 3, "it is said again each minute")
    #expect(try bench.host("h1").line.isEmpty, "the place is given up")
    do {
      _ = try await bench.desk.planInTurn(asked(1), of: bench.project, .wait(.seconds(5)))
      Issue.record("it was not refused")
    } catch let problems as Problems { #expect(problems.exit == .locked) }
  }

  @Test("who waits for a host that is not the first one waits too, and deploys when it is free")
  func second() async throws {
    let bench = try Bench(Self.text)
    bench.slowDown()
    hold(bench, "h2")
    let desk = bench.another()
    let waiting = Task { try await deploy(desk, bench, asked(1), Self.longest) }
    try await until { bench.events.contains { if case .standing(let one) = $0 { one.host == "h2" } else { false } } }
    free(bench, "h2")
    #expect(try await waiting.value?.status == .succeeded)
  }

  @Test("a deployment that waits, and loses a host to another one between its plan and its locks, waits again by the same name")
  func lost() async throws {
    let bench = try Bench(Self.text)
    bench.slowDown()
    let desk = bench.another()
    let wait = try await QueueWait(asked(1), of: bench.project, Self.longest, at: desk)
    let plan = try await wait.plan().plan
    hold(bench, "h2")
    let end = try await bench.end(desk.deploy(plan))
    let refusal = try #require(wait.refusal(of: end))
    #expect(refusal.kind == .locked && bench.transport.hosts.allSatisfy { $0.current == nil })
    let again = Task { try await bench.end(desk.deploy(try await wait.planAgain(after: refusal).plan)) }
    try await until { bench.events.contains { if case .standing(let one) = $0 { one.host == "h2" } else { false } } }
    #expect(try bench.host("h1").line.first?.ticket.token == plan.lock.ticket)
    free(bench, "h2")
    let done = try await again.value
    #expect(done.deployments.last?.conclusion?.status == .succeeded && wait.refusal(of: done) == nil)
  }

  @Test("one that does not wait, or whose sequence is too old, is not tried again")
  func once() async throws {
    let bench = try Bench(Self.text)
    bench.slowDown()
    let wait = try await QueueWait(asked(1), of: bench.project, .fail, at: bench.desk)
    let plan = try await wait.plan().plan
    hold(bench, "h2")
    let end = try await bench.end(bench.desk.deploy(plan))
    #expect(end.deployments[0].conclusion?.status == .refused && wait.refusal(of: end) == nil)
    free(bench, "h2")
    let numbered = try await QueueWait(asked(1, sequence: 1), of: bench.project, Self.longest, at: bench.desk)
    _ = try await deploy(bench.desk, bench, asked(2, sequence: 7), .fail)
    let older = try await bench.end(bench.desk.deploy(try await numbered.plan().plan))
    #expect(older.deployments[0].conclusion?.status == .refused && numbered.refusal(of: older) == nil)
  }

  @Test("what waits is deployed with the files that its recipe was read with, whatever becomes of them meanwhile")
  func pinned() async throws {
    let bench = try Bench(Self.text)
    bench.slowDown()
    let before = try await bench.plan().plan.content.bundle?.digest
    let wait = try await QueueWait(asked(1), of: bench.project, Self.longest, at: bench.desk)
    bench.files["app/version"] = "9\n"
    #expect(try await bench.plan().plan.content.bundle?.digest != before)
    #expect(try await wait.plan().plan.content.bundle?.digest == before)
  }

  @Test("a deployment that does not wait is refused as busy while others stand in line, also if nobody has the lock")
  func behind() async throws {
    let bench = try Bench(Self.text)
    let ticket = Ticket(
      token: "t1", lane: "a", owner: "kim@laptop", purpose: "deploy web of shop", since: bench.clock.now(), lease: .minutes(1_000_000))
    _ = try await bench.inboxes.lineUp(ticket, renews: false, on: Host(name: "h1"), at: "/srv/app")
    let end = try await bench.deploy().deployments[0].conclusion
    #expect(end?.status == .refused && end?.error?.failure.kind == .locked)
    #expect(end?.error?.failure.message.contains("kim@laptop waits for the lock and comes first: deploy web of shop") == true)
    await bench.inboxes.leaveLine("t1", on: Host(name: "h1"), at: "/srv/app")
    #expect(try await bench.deploy().deployments[0].conclusion?.status == .succeeded)
  }

  @Test("a newer deployment that supersedes ends the older ones that said so, takes their place, and leaves those that wait")
  func supersedes() async throws {
    let bench = try Bench(Self.text)
    bench.slowDown()
    hold(bench, "h1")
    let kinds: [WhenBusy] = [.supersede(.minutes(10_000)), Self.longest, .supersede(.minutes(10_000))]
    var running: [Task<Conclusion?, any Error>] = []
    for (index, kind) in kinds.enumerated() {
      let desk = bench.another()
      running.append(Task { try await deploy(desk, bench, asked(index + 1), kind) })
      let places = min(index + 1, 2)
      try await until { try bench.host("h1").line.count == places && bench.host("h1").passed.count <= 1 }
      if index == 2 { try await until { try bench.host("h1").line.first?.ticket.manner == .supersede } }
    }
    let text = await refusal { _ = try await running[0].value }
    #expect(text.contains("superseded by a newer deployment that waits: deploy app of app to test, by me@bench"), "\(text)")
    free(bench, "h1")
    #expect(try await running[2].value?.status == .succeeded)
    #expect(try await running[1].value?.status == .succeeded)
  }

  @Test("an older sequence does not supersede a newer one that waits, and is refused by a host that had a newer one")
  func sequence() async throws {
    let bench = try Bench(Self.text)
    bench.slowDown()
    #expect(try await deploy(bench.desk, bench, asked(1, sequence: 12), Self.longest)?.status == .succeeded)
    let end = try await deploy(bench.desk, bench, asked(2, sequence: 11), .fail)
    #expect(end?.status == .refused && end?.error?.failure.kind == .locked)
    #expect(end?.error?.failure.message.contains("sequence 11 is older than 12, which deployment") == true)
    #expect(try await deploy(bench.desk, bench, asked(3, sequence: 12), .fail)?.status == .succeeded, "the same one again")
    #expect(try await deploy(bench.desk, bench, asked(4), .fail)?.status == .succeeded, "one that says none")

    hold(bench, "h1")
    let newer = bench.another()
    let waiting = Task { try await deploy(newer, bench, asked(5, sequence: 14), .supersede(.minutes(10_000))) }
    try await until { try bench.host("h1").line.count == 1 }
    let text = await refusal { _ = try await deploy(bench.another(), bench, asked(6, sequence: 13), .supersede(.minutes(10_000))) }
    #expect(text.contains("superseded by a newer deployment"), "\(text)")
    free(bench, "h1")
    #expect(try await waiting.value?.status == .succeeded)
  }

  @Test("a deployment that changes nothing leaves its sequence on the hosts all the same, so that an older one is refused")
  func unchanged() async throws {
    let bench = try Bench(Self.text)
    _ = try await deploy(bench.desk, bench, asked(1, sequence: 8), .fail)
    #expect(try await deploy(bench.desk, bench, asked(1, sequence: 10), .fail)?.status == .succeeded)
    #expect(bench.transport.hosts.allSatisfy { $0.latest?.sequence == 10 && $0.lock == nil })
    #expect(try await deploy(bench.desk, bench, asked(2, sequence: 9), .fail)?.status == .refused)
  }

  @Test("an urgent deployment ends one that is paused, waits for its locks, and comes before all that wait")
  func urgent() async throws {
    let bench = try Bench(Self.text)
    bench.slowDown()
    let first = bench.another()
    let paused = first.deploy(try await first.planInTurn(asked(1), of: bench.project, .fail).plan)
    let id = try #require(try await firstID(of: paused, bench))
    bench.inboxes.told.value = Awaited(pause: "p1")
    let patient = bench.another()
    let behind = Task { try await deploy(patient, bench, asked(2), Self.longest) }
    try await until { try bench.host("h1").line.count == 1 }
    #expect(try await deploy(bench.another(), bench, asked(3), Self.longest, urgent: "the shop is down")?.status == .succeeded)
    bench.inboxes.told.value = nil
    #expect(try await behind.value?.status == .succeeded)
    let end = try await paused.end().deployments.first?.conclusion
    #expect(end?.status == .cancelled, "\(end as Any)")
    let said = await bench.journal.entries(of: id).entries.compactMap { entry -> Message? in
      if case .happened(.said(let message)) = entry.fact { message } else { nil }
    }
    #expect(said.map(\.kind) == [.pause, .cancel] && said.last?.comment == "urgent: the shop is down", "\(said)")
  }

  /// Starts a deployment, and returns its id as soon as it has its locks.
  private func firstID(of running: Running, _ bench: Bench) async throws -> Deployment.ID? {
    running.start()
    var id: Deployment.ID?
    try await until {
      id = try bench.host("h1").lock?.lock.deployment
      return id != nil
    }
    if let id { bench.messages.send(Message(id: "p1", .pause, by: "kim@laptop", at: bench.clock.now()), to: id) }
    return id
  }
}
