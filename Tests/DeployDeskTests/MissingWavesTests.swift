import DeployCore
import DeployModel
import DeployReport
import PlanDrafts
import Testing

@testable import DeployDesk
@testable import DeploySimulation

/// Tests how missing hosts get the revision: in which waves, within which bounds and with which stages, and what is reported before.
struct MissingWavesTests {
  private static func text(_ hosts: Int, _ body: String) -> String {
    Bench.text(
      hosts: hosts,
      body: """
        \(body)
        params = { size = param.integer { default = 1 } },
        on = {
          ApplicationStart = function(host, deployment) host:run("start " .. deployment.params.size) end,
          ValidateService = function(host) host:run "validate" end,
        },
        """)
  }

  private func next(_ version: Int, _ text: String, after bench: Bench, faults: Faults = Faults()) throws -> Bench {
    try Bench(text, files: ["app/version": "\(version)\n"], hosts: bench.transport.hosts, after: bench, faults: faults)
  }

  private func planned(_ bench: Bench, _ request: DeploymentRequest = DeploymentRequest()) async throws -> PlannedDeployment? {
    try await bench.desk.planMissing(Asked(request), of: bench.project).planned
  }

  private func bring(_ bench: Bench) async throws -> RunEnd? {
    guard let planned = try await planned(bench) else { return nil }
    return try await bench.end(bench.desk.deploy(planned.plan))
  }

  private func list(_ bench: Bench) async throws -> String? {
    try await bench.desk.past.missing(in: await bench.desk.survey(bench.project.project.selection(recipe: nil, group: nil)))?.list
  }

  /// Returns the sizes of the waves of the newest deployment, the commands that it asked for, and the number of its gates.
  private func course(_ bench: Bench) async throws -> (waves: [Int], commands: [String], gates: Int) {
    let newest = try #require(await bench.journal.deployments().first)
    let facts = await bench.journal.entries(of: newest.id).entries.map(\.fact)
    var (waves, commands, gates): ([Int], [String], Int) = ([], [], 0)
    for fact in facts {
      switch fact {
      case .noted(.waveBegan(_, let hosts, _)): waves.append(hosts.count)
      case .noted(.gateOpened): gates += 1
      case .intended(let intent): if case .run(let command) = intent.operation { commands.append(command.line) }
      default: continue
      }
    }
    return (waves, commands, gates)
  }

  private static let stopping = """
    strategy = strategy "ask" (function(rollout)
      local first, rest = rollout.targets:split(1)
      rollout:wave(first)
      if #rest > 0 then
        rollout:approve { message = "go on?" }
        rollout:stop "enough"
      end
    end),
    """

  @Test(
    "one host comes first, then four times as many have it after each wave; gates and strategy do not run, hooks do with its parameters")
  func waves() async throws {
    let bench = try Bench(Self.text(12, Self.stopping))
    try await bench.deploy(DeploymentRequest(only: ["h1"], parameters: [Value.Member("size", .text("7"))]))
    let changed = try next(2, Self.text(12, Self.stopping), after: bench)
    #expect(try await bring(changed)?.deployments.map(\.conclusion?.status) == [.succeeded])
    let course = try await course(changed)
    #expect(course.waves == [1, 3, 7] && course.gates == 0)
    #expect(course.commands.count { $0 == "start 7" } == 11 && course.commands.count { $0 == "validate" } == 11)
    #expect(changed.transport.hosts.allSatisfy { $0.current == changed.transport.hosts[0].current })
  }

  @Test("the floor of the configuration is kept, and without one as many hosts leave the service as a wave of the recipe's strategy has")
  func bounds() async throws {
    for (body, parallel) in [
      ("strategy = all_at_once, configuration = { floor = 5 },", 1), ("strategy = rolling { batch = 2 },", 2),
      ("strategy = all_at_once, configuration = { parallel = 3 },", 3),
    ] {
      let first = try Bench(Self.text(6, body))
      try await first.deploy()
      let second = try next(2, Self.text(6, body), after: first)
      try await second.deploy(DeploymentRequest(only: ["h1"]))
      let plan = try #require(try await planned(second)).plan
      var (service, lowest) = (LowestService(plan), 6)
      #expect(try await second.end(second.desk.deploy(plan)).deployments.map(\.conclusion?.status) == [.succeeded])
      for case .noted(let note) in await second.journal.entries(of: plan.id).entries.map(\.fact) {
        service.add(note)
        lowest = min(lowest, service.lowest)
      }
      #expect(plan.hosts.count == 5 && lowest >= 5 - parallel, "\(body): \(lowest) of 5 served")
    }
  }

  @Test("a host that failed within the budget, one that was unreachable and one that lost its disk are named with the reason, and get it")
  func reasons() async throws {
    let body = "strategy = all_at_once, configuration = { base = \"100%\", budget = { failed = 1, unreachable = 1 } },"
    let first = try Bench(Self.text(5, body))
    try await first.deploy()
    let old = try #require(first.transport.hosts[0].current)
    let release = try await next(2, Self.text(5, body), after: first).plan().plan.content.release?.id
    var faults = Faults()
    faults.appointments = [.failing(host: 2, .applicationStart, release: release)]
    // A host that the simulation does not have is unreachable.
    let here = first.transport.hosts.filter { $0.name != "h4" }
    let second = try Bench(Self.text(5, body), files: ["app/version": "2\n"], hosts: here, after: first, faults: faults)
    #expect(try await second.deploy().deployments.map(\.conclusion?.status) == [.succeeded])
    let new = try #require(second.transport.hosts[0].current)
    #expect(second.transport.hosts.map(\.current) == [new, new, old, new])
    let hosts = second.transport.hosts.prefix(3) + [first.transport.hosts[3], Bench.host("h5")]
    let third = try Bench(Self.text(5, body), files: ["app/version": "3\n"], hosts: Array(hosts), after: second)
    let all = "h3 (failed), h4 (was unreachable), h5 (had it and lost it)"
    #expect(try await list(third) == all)
    #expect(try await bring(third)?.deployments.map(\.conclusion?.status) == [.succeeded])
    #expect(third.transport.hosts.map(\.current) == [new, new, new, new, new])
    let said = third.events.compactMap { if case .remark(let text) = $0 { text } else { nil } }
    #expect(said.contains { $0.hasPrefix("Missing: \(all). They get release \(new)") && $0.contains("strategy and its gates do not run") })
    #expect(try await list(third) == nil)
  }

  @Test("a host that a journal does not know of has another revision, other parameters, or was never reached")
  func unknown() async throws {
    let text = Self.text(3, "strategy = all_at_once,")
    let first = try Bench(text)
    try await first.deploy(DeploymentRequest(only: ["h1"], parameters: [Value.Member("size", .text("7"))]))
    try await first.deploy(DeploymentRequest(only: ["h2"]))
    let fresh = try Bench(text, hosts: first.transport.hosts)
    #expect(try await list(fresh) == "h1 (has other parameters or another recipe), h3 (never reached)")
    let second = try next(2, text, after: first)
    try await second.deploy(DeploymentRequest(only: ["h3"]))
    let last = try Bench(text, hosts: second.transport.hosts)
    #expect(try await list(last) == "h1 (runs another revision), h2 (runs another revision)")
  }

  @Test("after a failed deployment was taken back nothing is missing; after a part of the group went back nothing is guessed")
  func takenBack() async throws {
    let text = Self.text(3, "strategy = rolling { batch = 1 },")
    let first = try Bench(text)
    try await first.deploy()
    let old = try #require(first.transport.hosts[0].current)
    var faults = Faults()
    let release = try await next(2, text, after: first).plan().plan.content.release?.id
    faults.appointments = [.failing(host: 1, .applicationStart, release: release)]
    let second = try next(2, text, after: first, faults: faults)
    #expect(try await second.deploy().deployments.map(\.conclusion?.status) == [.failed, .succeeded])
    let calm = try next(2, text, after: second)
    #expect(calm.transport.hosts.map(\.current) == [old, old, old])
    #expect(try await planned(calm) == nil)
    #expect(try await list(calm) == nil)
    try await calm.deploy()
    let selection = try calm.project.project.selection(recipe: nil, group: nil, only: ["h1"])
    let back = try await calm.desk.planRollback(of: selection, in: calm.project, straighten: false)
    _ = try await calm.end(calm.desk.deploy(back))
    #expect(calm.transport.hosts[0].current == old && calm.transport.hosts[1].current != old)
    let parted = await refusal { _ = try await planned(calm) }
    #expect(parted.contains("h2: it runs release") && parted.contains("the group has two revisions"), "\(parted)")
    #expect(try await list(calm) == nil)
  }

  @Test("stages before the rollout do not run again, those after it run once all hosts have it, and a failure takes all of them back")
  func stages() async throws {
    let stages = """
      stages = {
        stage.upload,
        stage "migrate" { run = function(deployment) deployment.targets:first():run "migrate" end },
        stage "seed" { once = "revision", run = function(deployment) deployment.targets:first():run "seed" end },
        stage "draft" { run = function(deployment) deployment.targets:first():run "draft" end,
          undo = function(deployment) deployment.targets:first():run "undraft" end },
        stage.rollout { strategy = strategy "one" (function(r) r:wave((r.targets:split(1))) r:stop "enough" end) },
        stage "warm" { run = function(deployment) deployment.targets:first():run "warm" end },
      },
      """
    let first = try Bench(Self.text(3, "strategy = all_at_once,"))
    try await first.deploy()
    let old = try #require(first.transport.hosts[0].current)
    let second = try next(2, Self.text(3, stages), after: first)
    #expect(try await second.deploy().deployments.map(\.conclusion?.status) == [.partial])
    let new = try #require(second.transport.hosts[0].current)
    var faults = Faults()
    faults.appointments = [.failing(host: 2, .applicationStart, release: new)]
    let bad = try next(3, Self.text(3, stages), after: second, faults: faults)
    #expect(try await bring(bad)?.deployments.first?.conclusion?.status == .failed)
    #expect(bad.transport.hosts[2].current == old)
    let part = try Bench(Self.text(3, stages), files: ["app/version": "3\n"], hosts: second.transport.hosts, after: bad)
    #expect(try await bring(part)?.deployments.map(\.conclusion?.status) == [.succeeded])
    let commands = try await course(part).commands
    #expect(!commands.contains("migrate") && !commands.contains("seed") && !commands.contains("draft"), "\(commands)")
    #expect(commands.last == "warm" && commands.count { $0 == "warm" } == 1, "\(commands)")
    #expect(part.transport.hosts.map(\.current) == [new, new, new])
  }

  @Test("a plan that was kept is carried out as it is, and refused if the hosts that lack it are others, or none does any more")
  func kept() async throws {
    let text = Self.text(3, "strategy = all_at_once,")
    let first = try Bench(text)
    try await first.deploy(DeploymentRequest(only: ["h1"]))
    var request = DeploymentRequest()
    request.missing = true
    let plan = try #require(try await planned(first, request)).plan
    let record = PlanRecord(plan, for: request, connected: true)
    let again = try await first.desk.plan(again: record, said: StatedProvenance(), of: first.project).plan
    #expect(again.hosts == plan.hosts && again.flow.missing == plan.flow.missing)
    try await first.deploy(DeploymentRequest(only: ["h2"]))
    let other = await refusal { _ = try await first.desk.plan(again: record, said: StatedProvenance(), of: first.project) }
    #expect(other.contains("h2: it is in the plan, and no more among the hosts"), "\(other)")
    _ = try await bring(first)
    let none = await refusal { _ = try await first.desk.plan(again: record, said: StatedProvenance(), of: first.project) }
    #expect(none.contains("the plan brings h2, h3 what the group had, and nothing is missing now"), "\(none)")
  }

  @Test("a freeze holds it up, slots and pools that share traffic are refused with what to do instead")
  func refused() async throws {
    let first = try Bench(Self.text(2, "strategy = all_at_once,"))
    try await first.deploy(DeploymentRequest(only: ["h1"]))
    let frozen = try next(
      1, Self.text(2, "freeze = { days = \"fri\", from = \"08:00\", to = \"20:00\", name = \"stocktaking\" },"), after: first)
    let cold = await refusal { _ = try await planned(frozen) }
    #expect(cold.contains("nothing is deployed in the freeze \"stocktaking\"") && cold.contains("--override-freeze"), "\(cold)")
    var request = DeploymentRequest()
    request.freezeOverride = "the shop is down"
    #expect(try await planned(frozen, request) != nil)
    let slots = await refusal { _ = try await planned(try Bench(SlotTests.text)) }
    #expect(slots.contains("--missing") && slots.contains("has slots") && slots.contains("--revision bundle:DIGEST"), "\(slots)")
    let traffic = """
      strategy = blue_green { watch = "1m", check = function(host) return host:try("look").ok end },
      traffic = { pools = { "a", "b" }, read = function() return { a = 100, b = 0 } end, weight = function() end },
      """
    let pools = await refusal { _ = try await planned(try Bench(Self.text(2, traffic))) }
    #expect(pools.contains("shares traffic between pools") && pools.contains("--missing runs no strategy"), "\(pools)")
  }

  @Test("while another deployment has a host it waits in line if that was said, and then brings what is missing by then")
  func busy() async throws {
    let text = Self.text(3, "strategy = all_at_once,")
    let bench = try Bench(text)
    try await bench.deploy(DeploymentRequest(only: ["h1"]))
    bench.slowDown()
    let lock = Lock(
      deployment: "other-1", token: "t", owner: "kim@laptop", purpose: "deploy", since: bench.clock.now(), fence: 0, leaseLeft: 0)
    bench.transport.change("h1") {
      $0.lock = SimulatedHost.HeldLock(lock: lock, lease: .minutes(1_000_000), renewed: bench.clock.now())
    }
    let refused = await refusal { _ = try await planned(bench) }
    #expect(refused.contains("deployment other-1 of kim@laptop is under way") && refused.contains("--on-busy wait"), "\(refused)")
    let desk = bench.another()
    var request = DeploymentRequest()
    request.missing = true
    let wait = try await QueueWait(Asked(request), of: bench.project, .wait(.minutes(7 * 24 * 60)), at: desk)
    let waiting = Task { try await wait.planMissing().planned }
    for _ in 0..<30_000 where !bench.events.contains(where: { if case .standing = $0 { true } else { false } }) {
      try await Task.sleep(for: .milliseconds(2))
    }
    bench.transport.change("h1") { $0.lock = nil }
    let plan = try #require(try await waiting.value).plan
    #expect(plan.hosts.map(\.host.name) == ["h2", "h3"] && plan.lock.ticket != nil)
    #expect(try await bench.end(desk.deploy(plan)).deployments.map(\.conclusion?.status) == [.succeeded])
    #expect(bench.transport.hosts.allSatisfy { $0.line.isEmpty && $0.lock == nil })
  }
}
