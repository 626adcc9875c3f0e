import DeployCore
import DeployModel
import PlanDrafts
import Synchronization
import Testing

@testable import DeployDesk
@testable import DeploySimulation

/// Tests what an alarm does after it has started a rollback, and when other deployments take its hosts.
struct AlarmRollbackTests {
  private static let start = "on = { ApplicationStart = function(host) host:run \"start\" end },"

  private static func text(_ hosts: [String] = ["h1", "h2"], _ body: String = start) -> String {
    let list = hosts.map { "host \"\($0)\" { transport = \"local\", root = \"/hosts/\($0)\" }" }.joined(separator: ", ")
    return """
      group "test" { hosts = { \(list) } }
      recipe "app" {
        api = 1, revision = bundle { from = "app" }, targets = group "test", path = "/srv/app",
        alarm = { during = "10m", every = "1m", command = "probe" }, \(body)
      }
      """
  }

  /// The answers of the simulated hosts.
  final class Health: Sendable {
    /// Whether the probe finds the hosts bad.
    let isBad = Mutex(false)
    /// Whether the application cannot be started.
    let isBroken = Mutex(false)
    /// Whether only the next start fails.
    let failsOnce = Mutex(false)
    let checked = Mutex<[String]>([])

    func host(_ name: String) -> SimulatedHost {
      var host = Bench.host(name)
      host.commands = { [self] line, _ in
        var command = SimulatedCommand()
        if line == "probe" {
          checked.withLock { $0.append(name) }
          if isBad.withLock({ $0 }) { command.status = 1 }
        }
        let fails = failsOnce.withLock { fails in
          defer { if line == "start" { fails = false } }
          return fails
        }
        if line == "start", fails || isBroken.withLock({ $0 }) { command.status = 1 }
        return command
      }
      return host
    }
  }

  private typealias End = (record: AlarmRecord, back: [Conclusion.Status?]?, standing: AlarmRollback?)

  /// Deploys version 1 and then version 2, whose alarm a test watches.
  private func deployed(_ health: Health, hosts: [String] = ["h1", "h2"]) async throws -> (Bench, Deployment.ID) {
    let bench = try Bench(Self.text(hosts), hosts: ["h1", "h2", "h3", "h4"].map { health.host($0) })
    try await bench.deploy()
    bench.files["app/version"] = "2\n"
    return (bench, try await bench.deploy().deployments[0].plan.id)
  }

  private func next(_ version: Int, after bench: Bench, _ text: String = AlarmRollbackTests.text()) throws -> Bench {
    try Bench(text, files: ["app/version": "\(version)\n"], hosts: bench.transport.hosts, after: bench)
  }

  /// Watches until the alarm ends.
  /// - Parameters:
  ///   - goBack: runs the rollback; nil: runs it to its end.
  ///   - heard: called with each event.
  private func watch(
    _ id: Deployment.ID, _ bench: Bench, _ book: MemoryBook, _ goBack: ((Plan) async throws -> Void)? = nil,
    hearing heard: @escaping @Sendable (AlarmEvent) -> Void = { _ in }
  ) async throws -> End {
    let alarm = try await bench.desk.alarm(of: id.rawValue, in: book)
    return try await alarm.watch(in: bench.project, heard) { plan in
      if let goBack {
        try await goBack(plan)
        return []
      }
      return try await bench.end(bench.desk.deploy(plan)).deployments.map(\.conclusion?.status)
    }
  }

  @Test("a rollback that failed is told as failed, by whoever asks later too")
  func failed() async throws {
    let health = Health()
    let (bench, id) = try await deployed(health)
    health.isBad.withLock { $0 = true }
    health.isBroken.withLock { $0 = true }
    let book = MemoryBook()
    let first = try await watch(id, bench, book)
    #expect(first.record.end == .fired && first.back == [.failed] && first.standing == .failed)
    let again = try await watch(id, bench, book)
    #expect(again.record.end == .fired && again.back == nil && again.standing == .failed)
  }

  @Test("an interrupted rollback keeps the alarm open, begins no second one, and is told as back once it was resumed")
  func interrupted() async throws {
    let health = Health()
    let (bench, id) = try await deployed(health)
    health.isBad.withLock { $0 = true }
    let book = MemoryBook()
    let first = try await watch(id, bench, book) { plan in
      _ = try await bench.leave(bench.desk.deploy(plan)) { await $0.hasBegunWave(of: plan.id) }
    }
    #expect(first.record.end == nil && first.standing == .interrupted && first.record.rollback != nil)
    let again = try await watch(id, bench, book) { _ in Issue.record("it began another one") }
    #expect(again.record.end == nil && again.standing == .interrupted && again.record.rollback == first.record.rollback)
    let pair = try await bench.desk.past.pair(first.record.rollback?.rawValue, or: [.interrupted])
    guard case .running(let running) = try await bench.desk.resume(pair) else {
      Issue.record("it was not resumed")
      return
    }
    _ = try await bench.end(running)
    let last = try await watch(id, bench, book)
    #expect(last.record.end == .fired && last.standing == .back && last.back == nil)
  }

  @Test("a rollback that changed nothing is begun again by the next watcher, five times at most")
  func idle() async throws {
    let health = Health()
    let (bench, id) = try await deployed(health)
    health.isBad.withLock { $0 = true }
    let book = MemoryBook()
    for number in 1...AlarmWatch.most {
      let end = try await watch(id, bench, book) { plan in
        try lock(bench, by: "d-other")
        _ = try await bench.end(bench.desk.deploy(plan))
        bench.transport.change("h1") { $0.lock = nil }
      }
      #expect(end.standing == .idle(.locked) && end.record.tries == number)
      #expect((end.record.end == .fired) == (number == AlarmWatch.most) && (end.record.rollback == nil) == (number < AlarmWatch.most))
    }
    let last = try await watch(id, bench, book) { _ in Issue.record("it began another one") }
    #expect(last.standing == .idle(.locked) && last.record.end == .fired)
    let receipts = bench.transport.hosts.prefix(2).map { $0.receipt?.deployment }
    #expect(receipts == [id, id])
  }

  private func lock(_ bench: Bench, by deployment: Deployment.ID) throws {
    let lock = Lock(
      deployment: deployment, token: "t", owner: "o", purpose: "p", since: Timestamp(milliseconds: 0), fence: 99, leaseLeft: 1_000_000)
    bench.transport.change("h1") {
      $0.lock = SimulatedHost.HeldLock(lock: lock, lease: .minutes(1_000_000), renewed: bench.clock.now())
    }
  }

  @Test("hosts that left the group meanwhile are left out of the way back and named; new ones without the release stay as they are")
  func replaced() async throws {
    let health = Health()
    let (first, id) = try await deployed(health, hosts: ["h1", "h2", "h3"])
    let bench = try next(2, after: first, Self.text(["h1", "h2", "h4"]))
    health.isBad.withLock { $0 = true }
    let end = try await watch(id, bench, MemoryBook())
    #expect(end.record.end == .fired && end.standing == .back)
    #expect(bench.events.contains(.remark("Not in group \"test\" any more, so left as it is: h3.")), "\(bench.events)")
    #expect(try bench.host("h3").receipt?.deployment == id && bench.host("h4").receipt == nil)
    for name in ["h1", "h2"] { #expect(try bench.host(name).receipt?.deployment == end.record.rollback) }
  }

  @Test("a machine that an empty one replaced is left out, and the others are watched and go back; if all are empty, the alarm ends")
  func emptied() async throws {
    let health = Health()
    let (bench, id) = try await deployed(health, hosts: ["h1", "h2"])
    bench.transport.change("h2") { $0 = health.host("h2") }
    health.isBad.withLock { $0 = true }
    let end = try await watch(id, bench, MemoryBook())
    #expect(end.record.end == .fired && end.standing == .back, "\(end.record)")
    #expect(try bench.host("h1").receipt?.deployment == end.record.rollback && bench.host("h2").receipt == nil)
    let (other, second) = try await deployed(Health())
    for host in other.transport.hosts { other.transport.change(host.name) { $0 = health.host(host.name) } }
    let over = try await watch(second, other, MemoryBook())
    #expect(over.record.end == .superseded && over.record.reason == "none of its hosts has a release of it any more")
  }

  @Test("hosts that joined with the release go back with the others")
  func joined() async throws {
    let health = Health()
    let bench = try Bench(Self.text(["h1", "h2", "h3"]), hosts: ["h1", "h2", "h3"].map { health.host($0) })
    try await bench.deploy(DeploymentRequest(only: ["h1", "h2"]))
    bench.files["app/version"] = "2\n"
    let id = try await bench.deploy(DeploymentRequest(only: ["h1", "h2"])).deployments[0].plan.id
    let joining = try await bench.desk.joining(DeploymentRequest(only: ["h3"]), of: bench.project)
    let join = try await bench.end(bench.desk.deploy(try await bench.desk.plan(try #require(joining.deployment), endsLate: true).plan))
    #expect(join.deployments.map(\.conclusion?.status) == [.succeeded])
    health.isBad.withLock { $0 = true }
    let end = try await watch(id, bench, MemoryBook())
    #expect(end.record.end == .fired && end.standing == .back, "a join of another host does not end it")
    for name in ["h1", "h2", "h3"] { #expect(try bench.host(name).receipt?.deployment == end.record.rollback) }
  }

  @Test("a deployment that has nothing to do does not end the alarm, and neither does one that failed and went back everywhere")
  func keptOn() async throws {
    let health = Health()
    let (bench, id) = try await deployed(health)
    try await bench.deploy()
    bench.files["app/version"] = "3\n"
    health.failsOnce.withLock { $0 = true }
    let failing = try await bench.deploy(DeploymentRequest(only: ["h1"]))
    #expect(failing.deployments[0].conclusion?.status == .failed)
    health.isBad.withLock { $0 = true }
    let end = try await watch(id, bench, MemoryBook())
    #expect(end.record.end == .fired && end.standing == .back, "\(end.record)")
  }

  @Test("while somebody else is at work on the hosts there are no checks, and what was found meanwhile does not count")
  func waits() async throws {
    let health = Health()
    let (bench, id) = try await deployed(health)
    health.isBad.withLock { $0 = true }
    try lock(bench, by: "d-elsewhere")
    let heard = Mutex<[String]>([])
    let end = try await watch(
      id, bench, MemoryBook(),
      hearing: { event in
        guard case .waits(let why, _) = event else { return }
        heard.withLock { $0.append(why) }
        #expect(health.checked.withLock { $0 }.isEmpty)
        health.isBad.withLock { $0 = false }
        Task {
          await bench.clock.sleep(.minutes(2))
          bench.transport.change("h1") { $0.lock = nil }
        }
      })
    #expect(end.record.end == .passed && end.record.tally.bad == 0 && heard.withLock { $0 } == ["deployment d-elsewhere has h1"])
    #expect(end.record.tally.looks > 10)
  }

  @Test("if somebody else has the hosts to the end of its time, nobody can tell")
  func outwaited() async throws {
    let health = Health()
    let (bench, id) = try await deployed(health)
    try lock(bench, by: "d-elsewhere")
    let end = try await watch(id, bench, MemoryBook())
    #expect(end.record.end == .inconclusive && end.record.reason == "deployment d-elsewhere has h1 at its end" && end.back == nil)
  }

  @Test("after a partial deployment was finished, the hosts that had the release first are checked too")
  func finished() async throws {
    let health = Health()
    let stopping = """
      strategy = strategy "first" (function(rollout)
        local first, rest = rollout.targets:split(1)
        rollout:wave(first)
        rollout:stop "the rest on Monday"
      end), \(Self.start)
      """
    let first = try Bench(Self.text(), hosts: ["h1", "h2"].map { health.host($0) })
    try await first.deploy()
    let second = try next(2, after: first, Self.text(["h1", "h2"], stopping))
    #expect(try await second.deploy().deployments[0].conclusion?.status == .partial)
    let planned = try #require(try await second.desk.planMissing(Asked(DeploymentRequest()), of: second.project).planned)
    _ = try await second.end(second.desk.deploy(planned.plan))
    let alarm = try await second.desk.alarm(of: planned.plan.id.rawValue, in: MemoryBook())
    #expect(alarm.hosts == [0, 1])
    let end = try await watch(planned.plan.id, second, MemoryBook())
    #expect(end.record.end == .passed && Set(health.checked.withLock { $0 }) == ["h1", "h2"], "\(end.record)")
  }
}
