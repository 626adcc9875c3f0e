import DeployCore
import DeployModel
import DeployReport
import DeploySimulation
import PlanDrafts
import Testing

@testable import DeployDesk

/// Tests `lander join`, which brings new hosts of a group the group's last good revision.
struct JoinTests {
  private static func text(_ start: String = "start") -> String {
    Bench.text(
      hosts: 3,
      body: """
        strategy = rolling { batch = 1 },
        params = { size = param.integer { default = 1 } },
        stages = {
          stage.upload, stage "migrate" { once = "revision", on = "host", run = function(host) host:run "migrate" end }, stage.rollout },
        on = { ApplicationStart = function(host) host:run "\(start)" end },
        freeze = { from = "00:00", to = "12:00", zone = "UTC" },
        """)
  }

  private static let plain = Bench.text(
    hosts: 3, body: "strategy = rolling { batch = 1 }, on = { ApplicationStart = function(host) host:run \"start\" end },")

  /// Returns a group in which h1 and h2 run version 1, and h3 is new.
  private func grown(_ text: String = JoinTests.plain) async throws -> Bench {
    let bench = try Bench(text)
    try await bench.deploy(DeploymentRequest(only: ["h1", "h2"]))
    return bench
  }

  private func next(_ version: Int, after bench: Bench, _ text: String = JoinTests.plain, faults: Faults = Faults()) throws -> Bench {
    try Bench(text, files: ["app/version": "\(version)\n"], hosts: bench.transport.hosts, after: bench, faults: faults)
  }

  @discardableResult
  private func join(_ bench: Bench, _ names: [String] = ["h3"], said: StatedProvenance = StatedProvenance()) async throws -> RunEnd? {
    let joining = try await bench.desk.joining(DeploymentRequest(only: names, said: said), of: bench.project)
    guard let wanted = joining.deployment else { return nil }
    return try await bench.end(bench.desk.deploy(try await bench.desk.plan(wanted, endsLate: true).plan))
  }

  private func refused(_ bench: Bench, _ names: [String] = ["h3"], exit: ExitCode) async throws -> String {
    do {
      _ = try await join(bench, names)
      Issue.record("nothing was refused")
      return ""
    } catch let problems as Problems {
      #expect(problems.exit == exit)
      return problems.lines().joined(separator: "\n")
    }
  }

  @Test("beside a parked deployment the advice names no option that the command has not")
  func parked() async throws {
    let first = try await grown()
    let bench = try next(2, after: first, ParkTests.text)
    _ = try await ParkTests().parked(bench, by: StateFolder("one", on: bench))
    let second = StateFolder("two", on: bench)
    func refusal(_ plan: () async throws -> Void) async -> String {
      do { try await plan() } catch let problems as Problems { return problems.lines().joined(separator: "\n") } catch { return "\(error)" }
      return "nothing was refused"
    }
    let asked = Asked(DeploymentRequest(), joins: try bench.host("h1").receipt)
    let joins = await refusal { _ = try await second.desk.plan(asked, of: bench.project, endsLate: true) }
    #expect(joins.contains("is parked: it waits for gate") && joins.contains("; then try again"), "\(joins)")
    #expect(!joins.contains("--on-busy") && !joins.contains("--urgent"), "\(joins)")
    let deploys = await refusal { _ = try await second.desk.plan(Asked(DeploymentRequest()), of: bench.project, endsLate: true) }
    #expect(deploys.contains("--on-busy wait waits, and --urgent ends it"), "\(deploys)")
  }

  @Test("a host that has it already is left alone, and nothing is in the journal; so the command may run at every start of a machine")
  func again() async throws {
    let bench = try await grown()
    #expect(try await join(bench) != nil)
    let (count, jobs) = (await bench.journal.deployments().count, bench.transport.hosts.map(\.jobs.count))
    #expect(try await join(bench, ["h1", "h3"]) == nil)
    #expect(await bench.journal.deployments().count == count && bench.transport.hosts.map(\.jobs.count) == jobs)
    bench.transport.change("h3") { $0.damaged = [$0.current ?? ""] }
    #expect(try await join(bench) != nil, "what is damaged is brought anew")
  }

  @Test("while a rollout is under way a new host gets the revision before, and the rollout does not see it; afterwards it gets the new one")
  func whileRollingOut() async throws {
    let first = try await grown()
    let stable = try #require(first.transport.hosts[0].current)
    let bench = try next(2, after: first)
    let plan = try await bench.plan(DeploymentRequest(only: ["h1", "h2"])).plan
    _ = try await bench.leave(bench.desk.deploy(plan)) { await $0.hasBegunWave(of: plan.id) }
    let desk = bench.another()
    let joining = try await desk.joining(DeploymentRequest(only: ["h3"]), of: bench.project)
    let wanted = try #require(joining.deployment)
    let end = try await bench.end(desk.deploy(try await desk.plan(wanted, endsLate: true).plan))
    #expect(end.deployments.map(\.conclusion?.status) == [.succeeded] && bench.transport.hosts[2].current == stable)
    let said =
      "Deployment \(plan.id) of me@bench is under way there, and is left alone. Once it has succeeded, bring h3 what it brought: "
      + "lander join app --group test --host h3"
    #expect(bench.events.contains { if case .remark(let text) = $0 { text == said } else { false } }, "\(bench.events)")
    let pair = try await desk.past.pair(plan.id.rawValue, or: [.interrupted])
    guard case .running(let running) = try await desk.resume(pair) else { return #expect(Bool(false), "it was over") }
    #expect(try await bench.end(running).deployments.first?.conclusion?.status == .succeeded)
    let new = try #require(bench.transport.hosts[0].current)
    #expect(new != stable && bench.transport.hosts.map(\.current) == [new, new, stable])
    #expect(try await join(bench)?.deployments.map(\.conclusion?.status) == [.succeeded])
    #expect(bench.transport.hosts.map(\.current) == [new, new, new])
    let back = try await bench.desk.planRollback(
      of: try bench.project.project.selection(recipe: nil, group: nil), in: bench.project, straighten: false)
    #expect(back.content.release?.id == stable, "the way back of the group is what it was")
  }

  @Test("a revision that was taken back, or failed, is never brought")
  func bad() async throws {
    let first = try await grown()
    let good = try #require(first.transport.hosts[0].current)
    let second = try next(2, after: first)
    try await second.deploy(DeploymentRequest(only: ["h1", "h2"]))
    #expect(try await join(second) != nil)
    let group = try second.project.project.selection(recipe: nil, group: nil, only: ["h1", "h2"])
    let back = try await second.desk.planRollback(of: group, in: second.project, straighten: false)
    _ = try await second.end(second.desk.deploy(back))
    #expect(try await join(second)?.deployments.map(\.conclusion?.status) == [.succeeded])
    #expect(second.transport.hosts.map(\.current) == [good, good, good], "also a host that joined with it before goes back")
    var faults = Faults()
    faults.appointments = [.failing(host: 0, .applicationStart, release: nil)]
    let third = try next(3, after: second, faults: faults)
    let failed = try await third.deploy(DeploymentRequest(only: ["h1"]))
    #expect(failed.deployments.first?.conclusion?.status == .failed)
    #expect(try await join(third) == nil, "h3 has the last good one")
  }

  @Test("a host that fails is left with nothing, out of traffic, and the deployment says so")
  func failing() async throws {
    let first = try await grown()
    var faults = Faults()
    faults.appointments = [.failing(host: 2, .applicationStart, release: nil)]
    let bench = try Bench(Self.plain, hosts: first.transport.hosts, after: first, faults: faults)
    let end = try #require(try await join(bench))
    #expect(end.deployments.first?.conclusion?.status == .failed)
    let host = bench.transport.hosts[2]
    #expect(host.current == nil && host.receipt == nil && host.releases.isEmpty && host.lock == nil)
    #expect(bench.transport.hosts[0].current != nil)
  }

  @Test("what keeps a host from joining is said with the next step, and nothing is changed")
  func refusals() async throws {
    let empty = try Bench(Self.plain)
    let none = try await refused(empty, exit: .refused)
    #expect(none.contains("no host of group \"test\" remembers a good revision, so there is none to join with"), "\(none)")
    #expect(none.contains("lander deploy app brings the first one"), "\(none)")
    let bench = try await grown()
    let stranger = try await refused(bench, ["web9"], exit: .usage)
    #expect(stranger.contains("--host: group \"test\" has no host \"web9\"") && stranger.contains("deploy.lua:1"), "\(stranger)")
    #expect(stranger.contains("add it to the hosts there: group \"test\" { hosts = { …, \"web9\" } }"), "\(stranger)")
    let newer = try next(2, after: bench)
    try await newer.deploy(DeploymentRequest(only: ["h3"]))
    newer.transport.change("h3") { $0.receipt?.trial = true }
    let trial = try await refused(newer, exit: .refused)
    #expect(trial.contains("h3: it has release") && trial.contains("which is newer than the group's last good revision"), "\(trial)")
    #expect(trial.contains("lander rollback app takes back what was begun"), "\(trial)")
  }

  @Test("a host that was made from a machine of another group gets what its new group runs")
  func copied() async throws {
    let bench = try await grown()
    let stable = bench.transport.hosts[0]
    bench.transport.change("h3") { host in
      host.receipt = stable.receipt
      host.receipt?.group = "staging"
      host.receipt?.at = Timestamp(milliseconds: (stable.receipt?.at.milliseconds ?? 0) - 1)
    }
    #expect(try await join(bench)?.deployments.map(\.conclusion?.status) == [.succeeded])
    #expect(bench.transport.hosts[2].receipt?.group == "test" && bench.transport.hosts[2].current == stable.current)
  }

  @Test("of two hosts that were left behind and join, one fails: both go back to what they ran, and the group's last good revision stays")
  func leftBehind() async throws {
    let all = try Bench(Self.plain)
    try await all.deploy()
    let old = try #require(all.transport.hosts[0].current)
    let second = try next(2, after: all)
    try await second.deploy(DeploymentRequest(only: ["h1"]))
    let new = try #require(second.transport.hosts[0].current)
    var faults = Faults()
    faults.appointments = [.failing(host: 2, .applicationStart, release: new)]
    let third = try Bench(Self.plain, hosts: second.transport.hosts, after: second, faults: faults)
    let end = try #require(try await join(third, ["h2", "h3"]))
    #expect(end.deployments.first?.conclusion?.status == .failed && third.transport.hosts.map(\.current) == [new, old, old])
    let fourth = try Bench(Self.plain, hosts: third.transport.hosts, after: third)
    #expect(try await join(fourth, ["h2", "h3"])?.deployments.map(\.conclusion?.status) == [.succeeded])
    #expect(fourth.transport.hosts.map(\.current) == [new, new, new])
  }
}
