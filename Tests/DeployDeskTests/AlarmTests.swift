import DeployCore
import DeployModel
import DeploySimulation
import PlanDrafts
import Synchronization
import Testing

@testable import DeployDesk

/// Tests alarms of deployments that have succeeded, with simulated hosts.
struct AlarmTests {
  private static let text = Bench.text(
    body: """
      alarm = { during = "10m", every = "1m", command = "probe", allow = 1 },
      on = { ApplicationStart = function(host) host:run "start" end },
      """)

  /// The answers of the probe on all hosts.
  private final class Health: Sendable {
    let checks = Mutex(0)
    /// The number of checks after which the probe answers bad; nil: it never does.
    let badAfter = Mutex<Int?>(nil)
  }

  /// Deploys version 1 and then version 2, which has an alarm.
  private func deployed(_ health: Health, _ text: String = text) async throws -> (Bench, AlarmWatch, MemoryBook) {
    let hosts = ["h1", "h2"].map { name in
      var host = Bench.host(name)
      host.commands = { line, _ in
        var command = SimulatedCommand()
        guard line == "probe" else { return command }
        let number = health.checks.withLock { checks in
          checks += 1
          return checks
        }
        if let after = health.badAfter.withLock({ $0 }), number > after { command.status = 1 }
        return command
      }
      return host
    }
    let bench = try Bench(text, hosts: hosts)
    try await bench.deploy()
    bench.files["app/version"] = "2\n"
    let end = try await bench.deploy()
    let book = MemoryBook()
    return (bench, try await bench.desk.alarm(of: end.deployments[0].plan.id.rawValue, in: book), book)
  }

  /// Watches until the alarm ends.
  /// - Parameter heard: called with each event.
  private func watch(
    _ watch: AlarmWatch, _ bench: Bench, _ heard: @escaping @Sendable (AlarmEvent) -> Void = { _ in }
  ) async throws -> (record: AlarmRecord, back: [Conclusion.Status?]?) {
    let end = try await watch.watch(in: bench.project, heard) { plan in
      try await bench.end(bench.desk.deploy(plan)).deployments.map(\.conclusion?.status)
    }
    return (end.record, end.back)
  }

  @Test("an alarm that hears nothing bad passes, changes nothing on a host and takes no lock")
  func passes() async throws {
    let health = Health()
    let (bench, alarm, book) = try await deployed(health)
    let before = bench.transport.hosts.map { [$0.current?.rawValue, $0.receipt?.deployment.rawValue] }
    let (record, back) = try await watch(alarm, bench)
    #expect(record.end == .passed && back == nil && record.reason == nil)
    #expect(record.tally.looks == 22 && record.tally.bad == 0 && book.saved(alarm.plan.id) == record)
    #expect(bench.transport.hosts.map { [$0.current?.rawValue, $0.receipt?.deployment.rawValue] } == before)
    #expect(bench.transport.hosts.allSatisfy { $0.lock == nil })
  }

  @Test("more failed checks than are allowed take the hosts back as a rollback that says why")
  func fires() async throws {
    let health = Health()
    health.badAfter.withLock { $0 = 6 }
    let (bench, alarm, book) = try await deployed(health)
    let first = bench.transport.hosts.map { $0.previous?.release.id }
    let (record, back) = try await watch(alarm, bench)
    #expect(record.end == .fired && back == [.succeeded] && record.tally.bad == 2)
    #expect(record.reason?.contains("`probe` exited with 1") == true || record.reason?.contains("answered no") == true, "\(record)")
    #expect(bench.transport.hosts.map(\.current) == first && bench.transport.hosts.allSatisfy { $0.lock == nil })
    let rollback = try #require(record.rollback)
    let plan = try #require(try await bench.desk.past.entries(of: rollback).first?.plan)
    #expect(plan.kind == .rollback(of: nil))
    #expect(plan.origin.provenance?.message?.hasPrefix("alarm of deployment \(alarm.plan.id): h") == true)
    #expect(book.saved(alarm.plan.id)?.end == .fired)
    let again = try await watch(try await bench.desk.alarm(of: alarm.plan.id.rawValue, in: book), bench)
    #expect(again.record.end == .fired && again.back == nil, "it fires once")
  }

  @Test("who watches hears the number of hosts that the alarm checks, without those that it leaves out")
  func count() async throws {
    let (bench, alarm, _) = try await deployed(Health())
    bench.transport.change("h2") { $0.receipt = nil }
    let heard = Mutex<[AlarmEvent]>([])
    let (record, _) = try await watch(alarm, bench) { event in heard.withLock { $0.append(event) } }
    #expect(record.end == .passed)
    let said = heard.withLock { events in
      events.compactMap { event -> String? in
        switch event {
        case .began(_, let hosts): "checks \(hosts)"
        case .leavesOut(let names, _, let rest): "leaves out \(names), \(rest) are left"
        default: nil
        }
      }
    }
    #expect(said == ["leaves out [\"h2\"], 1 are left", "checks 1"], "\(said)")
  }

  @Test("a newer deployment ends an alarm without effect, even if its checks have failed by then")
  func superseded() async throws {
    let health = Health()
    let (bench, alarm, book) = try await deployed(health)
    bench.files["app/version"] = "3\n"
    let newer = try await bench.deploy()
    health.badAfter.withLock { $0 = 0 }
    let (record, back) = try await watch(alarm, bench)
    #expect(record.end == .superseded && back == nil)
    #expect(record.reason == "deployment \(newer.deployments[0].plan.id) is newer")
    #expect(bench.transport.hosts.allSatisfy { $0.receipt?.deployment == newer.deployments[0].plan.id })
    #expect(book.saved(alarm.plan.id)?.end == .superseded)
  }

  @Test("what another machine deployed ends it too: hosts say so before anything goes back")
  func elsewhere() async throws {
    let health = Health()
    health.badAfter.withLock { $0 = 0 }
    let (bench, alarm, _) = try await deployed(health)
    bench.transport.change("h2") { $0.receipt?.deployment = "d-elsewhere" }
    let (record, back) = try await watch(alarm, bench)
    #expect(record.end == .superseded && record.reason == "h2 has what deployment d-elsewhere brought" && back == nil)
  }

  @Test("if no check got an answer nothing goes back, and nobody can tell")
  func inconclusive() async throws {
    let (bench, alarm, _) = try await deployed(Health())
    var faults = Faults()
    faults.appointments = [0, 1].map { .refusing(host: $0, verb: "check", .unreachable) }
    let cut = try Bench(Self.text, hosts: bench.transport.hosts, after: bench, faults: faults)
    let (record, back) = try await watch(try await cut.desk.alarm(of: alarm.plan.id.rawValue, in: MemoryBook()), cut)
    #expect(record.end == .inconclusive && back == nil && record.tally.answered == 0 && record.tally.unanswered > 0, "\(record)")
    #expect(cut.transport.hosts.allSatisfy { $0.receipt?.deployment == alarm.plan.id })
  }

  @Test("whoever watches next goes on with what was counted, for what is left of the time")
  func resumes() async throws {
    let health = Health()
    health.badAfter.withLock { $0 = 5 }
    let (bench, alarm, book) = try await deployed(health)
    let work = Task { try await watch(alarm, bench) { event in if case .bad = event { withUnsafeCurrentTask { $0?.cancel() } } } }
    let (left, none) = try await work.value
    #expect(left.end == nil && none == nil && left.tally.bad == 1)
    let again = try await bench.desk.alarm(of: alarm.plan.id.rawValue, in: book)
    #expect(again.record.tally.bad == 1 && again.record.until == alarm.record.until)
    let (record, back) = try await watch(again, bench)
    #expect(record.end == .fired && back == [.succeeded] && record.tally.bad == 2)
  }

  @Test("only a deployment that succeeded, changed a host and has an alarm can be watched")
  func refused() async throws {
    let (bench, _, book) = try await deployed(Health())
    let same = try await bench.deploy()
    let unchanged = await refusal { _ = try await bench.desk.alarm(of: same.deployments[0].plan.id.rawValue, in: book) }
    #expect(unchanged == "deployment \(same.deployments[0].plan.id) changed no host, so there is no alarm to watch\n")
    let plain = try Bench(Bench.text())
    let end = try await plain.deploy()
    let none = await refusal { _ = try await plain.desk.alarm(of: end.deployments[0].plan.id.rawValue, in: book) }
    #expect(none.hasPrefix("deployment \(end.deployments[0].plan.id) has no alarm"), "\(none)")
  }

  @Test("hosts without an earlier release cannot go back: the alarm says so, and has no end")
  func first() async throws {
    let bench = try Bench(Self.text)
    let end = try await bench.deploy()
    let book = MemoryBook()
    let alarm = try await bench.desk.alarm(of: end.deployments[0].plan.id.rawValue, in: book)
    for name in ["h1", "h2"] {
      bench.transport.change(name) { host in
        host.commands = { line, _ in
          var command = SimulatedCommand()
          command.status = line == "probe" ? 1 : 0
          return command
        }
      }
    }
    let said = await refusal { _ = try await watch(alarm, bench) }
    #expect(said.hasPrefix("the alarm of deployment \(alarm.plan.id) fired, and its hosts cannot go back: h"), "\(said)")
    #expect(book.saved(alarm.plan.id)?.end == nil && book.saved(alarm.plan.id)?.tally.bad == 2)
  }

  @Test("a group with slots cannot have an alarm")
  func slots() async throws {
    let text = """
      group "test" { hosts = { host "h1" { transport = "local", root = "/hosts/h1" } }, slots = { blue = {}, green = {} } }
      recipe "app" { revision = bundle { from = "app" }, targets = group "test", path = "/srv/app", alarm = { during = "1h", port = 80 } }
      """
    let bench = try Bench(text)
    let said = await refusal { _ = try await bench.plan() }
    #expect(said.contains("deploy.lua:2: an alarm takes all hosts of a group back, and the group has slots"), "\(said)")
  }
}

extension Entry {
  fileprivate var plan: Plan? { if case .planned(let plan) = fact { plan } else { nil } }
}

/// Stores records of alarms in memory.
final class MemoryBook: AlarmBook {
  private let records = Mutex<[Deployment.ID: AlarmRecord]>([:])
  private struct Claim: DeploymentClaim { func release() {} }

  func record(of deployment: Deployment.ID) -> AlarmRecord? { saved(deployment) }
  func saved(_ deployment: Deployment.ID) -> AlarmRecord? { records.withLock { $0[deployment] } }
  func save(_ record: AlarmRecord) { records.withLock { $0[record.deployment] = record } }
  func claim(_ deployment: Deployment.ID) -> any DeploymentClaim { Claim() }
  func isWatched(_ deployment: Deployment.ID) -> Bool { false }
}
