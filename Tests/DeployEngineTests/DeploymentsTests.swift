import DeployCore
import DeployEngine
import DeployModel
import DeploySimulation
import PlanDrafts
import Synchronization
import Testing

@Suite("The engine")
struct DeploymentsTests {
  @Test("performs nothing that is not in the journal yet (P2)")
  func journalBeforeEffect() async throws {
    let bench = Bench()
    let ended = try await bench.deployments.deploy(plan(hosts: 4))
    #expect(ended.map(\.conclusion?.status) == [.succeeded])
    #expect(bench.hosts.asked.count == 4 * 7)
    #expect(!bench.hosts.asked.contains { !$0.journalled })
  }

  @Test("keeps a journal without gaps that ends with the conclusion")
  func gapless() async throws {
    let bench = Bench()
    _ = try await bench.deployments.deploy(plan(hosts: 2))
    let entries = bench.journal.entries(of: "d1")
    #expect(entries.map(\.sequence) == Array(0..<entries.count))
    #expect(EntrySense.nonsense(in: entries) == nil)
    guard case .concluded? = entries.last?.fact else { return #expect(Bool(false), "no conclusion") }
  }

  @Test("stops at once when the journal cannot be written, and asks nothing more of any host")
  func journalFull() async throws {
    let bench = Bench()
    bench.journal.fail(after: 4, with: Failure(.store, "no space left on device"))
    await #expect(throws: Failure.self) { try await bench.deployments.deploy(plan(hosts: 1)) }
    #expect(!bench.hosts.asked.contains { !$0.journalled })
    #expect(!bench.hosts.verbs.contains("activate"))
  }

  @Test("an engine whose ledger acts before it writes asks hosts for what no journal holds, which breaks P2", arguments: [false, true])
  func effectBeforeEntry(planted: Bool) async throws {
    let bench = Bench()
    // The first two appends, the plan and the start, succeed. The append of the first intents fails.
    bench.journal.fail(after: 2, with: Failure(.store, "no space left on device"))
    let deployer = try Deployer(
      plan: plan(hosts: 1), ports: bench.ports, feed: Feed(), lapse: planted ? .effectBeforeEntry : nil,
      scripts: { _ in SwiftScripts([SwiftScripts.commands(["start"])]) })
    await #expect(throws: Failure.self) { try await deployer.run() }
    for _ in 0..<1000 where planted && bench.hosts.asked.isEmpty { try await Task.sleep(for: .milliseconds(5)) }
    #expect(bench.hosts.asked.map(\.journalled) == (planted ? [false] : []))
  }

  @Test("rolls the touched hosts back as a deployment of its own, under the locks that are held")
  func rollback() async throws {
    let bench = Bench { intent in
      if case .run = intent.operation, intent.place == .host(1), intent.site.release == "new" { return .failed(.command, "exit 1") }
      return .done()
    }
    let ended = try await bench.deployments.deploy(plan(hosts: 2, parallel: 1))
    #expect(ended.map(\.plan.id) == ["d1", "back"])
    #expect(ended.map(\.conclusion?.status) == [.failed, .succeeded])
    let back = bench.hosts.asked.suffix(
      from: bench.hosts.asked.lastIndex { if case .lock = $0.intent.operation { true } else { false } } ?? 0)
    guard case .lock(let request)? = back.first?.intent.operation else { return #expect(Bool(false), "no lock") }
    #expect(request.inherits == "t" && request.fence == 3 && request.expects == "d1")
    #expect(back.contains { $0.intent.operation == .activate("old") })
  }

  @Test("a cancelled deployment restores its hosts and gives its locks back")
  func cancel() async throws {
    let bench = Bench { intent in if case .run = intent.operation, intent.site.release == "new", intent.id < 8 { nil } else { .done() } }
    let (deployments, hosts) = (bench.deployments, bench.hosts)
    async let running = deployments.deploy(plan(hosts: 1))
    await hosts.untilHeld()
    await deployments.cancel(reason: "Ctrl-C")
    let ended = try await running
    #expect(ended.map(\.conclusion?.status) == [.cancelled])
    #expect(hosts.verbs.suffix(3).contains("unlock"))
    guard case .restored? = ended[0].conclusion?.hosts[0] else { return #expect(Bool(false), "not restored") }
  }

  @Test("a message reaches the running deployment, and is taken when it is in the journal")
  func message() async throws {
    let bench = Bench { intent in if case .run = intent.operation, intent.site.release == "new", intent.id < 8 { nil } else { .done() } }
    let (deployments, hosts) = (bench.deployments, bench.hosts)
    async let running = deployments.deploy(plan(hosts: 1))
    await hosts.untilHeld()
    let cancel = Message(id: "m1", .cancel, by: "kim@laptop", comment: "wrong version", at: Timestamp(milliseconds: 0))
    bench.mailbox.put(cancel)
    let ended = try await running
    #expect(ended.map(\.conclusion?.status) == [.cancelled])
    #expect(ended[0].conclusion?.error?.failure.message == "kim@laptop: wrong version")
    #expect(bench.mailbox.taken == ["m1"])
    #expect(bench.journal.entries(of: "d1").contains { $0.fact == .happened(.said(cancel)) })
  }

  @Test("an engine that slept hears that a newer deployment has its hosts before an answer that waited for it, and passes nothing")
  func slept() async throws {
    for (kind, isFirst) in [(Message.Kind.approve, true), (.resume, true), (.promote, true), (.cancel, false)] {
      let bench = Bench(loss: Failure(.fenced, "h0: a newer deployment took the lock")) { intent in
        if case .run = intent.operation, intent.site.release == "new", intent.id < 8 { nil } else { .done() }
      }
      let (deployments, hosts) = (bench.deployments, bench.hosts)
      async let running = deployments.deploy(plan(hosts: 1))
      await hosts.untilHeld()
      bench.mailbox.put(Message(id: "m1", kind, by: "kim@laptop", at: Timestamp(milliseconds: 0)))
      let ended = try await running
      #expect((ended[0].conclusion?.error?.failure.kind == .fenced) == isFirst, "\(kind)")
      let happenings = bench.journal.entries(of: "d1").compactMap { if case .happened(let one) = $0.fact { one } else { nil } }
      #expect(happenings.contains { if case .overtaken = $0 { true } else { false } } == isFirst, "\(kind)")
      hosts.letGo()
    }
  }

  @Test("a deployment that was left goes on where it was: what runs is attached to under the same number")
  func resume() async throws {
    let first = Bench { intent in if case .run = intent.operation { nil } else { .done() } }
    let (deployments, hosts) = (first.deployments, first.hosts)
    async let running = deployments.deploy(plan(hosts: 1))
    await hosts.untilHeld()
    await deployments.detach()
    let left = try await running
    #expect(left[0].conclusion == nil)
    let held = try #require(hosts.asked.last)
    let second = Bench(journal: first.journal)
    let ended = try await second.deployments.resume(first.journal.entries(of: "d1"))
    #expect(ended.map(\.conclusion?.status) == [.succeeded])
    #expect(second.hosts.asked.first?.intent == held.intent)
    #expect(!second.hosts.verbs.contains("activate"))
  }

  @Test("a journal that the sources do not repeat is refused in words, before a host is asked")
  func diverged() async throws {
    let first = Bench { intent in if case .run = intent.operation { nil } else { .done() } }
    let (deployments, hosts) = (first.deployments, first.hosts)
    async let running = deployments.deploy(plan(hosts: 1))
    await hosts.untilHeld()
    await deployments.detach()
    _ = try await running
    for (lines, asked) in [(["stop"], "a different `run`"), ([], "`record` on h0")] {
      let second = Bench(lines: lines, journal: first.journal)
      let problems = await #expect(throws: Problems.self) { try await second.deployments.resume(first.journal.entries(of: "d1")) }
      let message = try #require(problems?.list.first?.message)
      #expect(message.contains("records `run` on h0") && problems?.exit == .refused, "\(message)")
      #expect(message.contains(asked), "\(message)")
      #expect(second.hosts.asked.isEmpty)
    }
  }

  @Test("a deployment that is resumed while it is paused keeps all its locks, though it asks its hosts nothing")
  func locks() async throws {
    let first = Bench { intent in if intent.operation.verb == "stage" { nil } else { .done() } }
    let (deployments, hosts) = (first.deployments, first.hosts)
    async let running = deployments.deploy(plan(hosts: 2, parallel: 1))
    await hosts.untilHeld()
    first.mailbox.put(Message(id: "m1", .pause, by: "kim@laptop", at: Timestamp(milliseconds: 0)))
    while first.mailbox.taken.isEmpty { await Task.yield() }
    await deployments.detach()
    _ = try await running
    #expect(first.hosts.kept == [])
    let second = Bench(journal: first.journal)
    let entries = first.journal.entries(of: "d1")
    async let resumed = second.deployments.resume(entries)
    while second.hosts.kept.count < 2 { await Task.yield() }
    #expect(second.hosts.kept == [0, 1])
    second.mailbox.put(Message(id: "m2", .resume, by: "kim@laptop", at: Timestamp(milliseconds: 0)))
    #expect(try await resumed.map(\.conclusion?.status) == [.succeeded])
  }

  @Test("a deployment that failed before its rollback began is rolled back when it is resumed")
  func resumeIntoRollback() async throws {
    let bench = Bench { intent in
      if case .run = intent.operation, intent.place == .host(1), intent.site.release == "new" { return .failed(.command, "exit 1") }
      return .done()
    }
    _ = try await bench.deployments.deploy(plan(hosts: 2, parallel: 1))
    let after = Bench()
    let ended = try await after.deployments.resume(bench.journal.entries(of: "d1"))
    #expect(ended.map(\.plan.id) == ["d1", "back"])
    #expect(ended.last?.conclusion?.status == .succeeded)
  }

  @Test("nobody else can run a deployment, or the rollback that follows from it, while they run")
  func claims() async throws {
    let journal = MemoryJournal()
    let seen = Mutex<[Set<Deployment.ID>]>([])
    let bench = Bench(journal: journal) { intent in
      seen.withLock { $0.append(journal.claimed) }
      if case .run = intent.operation, intent.place == .host(1), intent.site.release == "new" { return .failed(.command, "exit 1") }
      return .done()
    }
    #expect(try await bench.deployments.deploy(plan(hosts: 2, parallel: 1)).map(\.plan.id) == ["d1", "back"])
    #expect(Set(seen.withLock { $0 }) == [["d1"], ["d1", "back"]])
    #expect(journal.claimed.isEmpty)
    let held = journal.claim("d1")
    await #expect(throws: Failure.self) { try await bench.deployments.deploy(plan(hosts: 2)) }
    held?.release()
  }

  @Test("a rollback that is asked to end says that it goes on, and goes on")
  func cancelInRollback() async throws {
    let bench = Bench { intent in
      guard case .run = intent.operation else { return .done() }
      if intent.place == .host(1), intent.site.release == "new" { return .failed(.command, "exit 1") }
      // Keeps the command running that starts the old release on the host that had succeeded.
      return intent.site.release == "old" && intent.place == .host(0) ? nil : .done()
    }
    let (deployments, hosts) = (bench.deployments, bench.hosts)
    async let running = deployments.deploy(plan(hosts: 2, parallel: 1))
    await hosts.untilHeld()
    #expect(await deployments.goingBack == "back")
    #expect(await deployments.cancel(reason: "Ctrl-C") == .goingBack("back"))
    hosts.letGo()
    let ended = try await running
    #expect(ended.map(\.conclusion?.status) == [.failed, .succeeded])
  }

  @Test("keeps all output of hooks before it says that the deployment ended (P9)")
  func spool() async throws {
    let bench = Bench()
    _ = try await bench.deployments.deploy(plan(hosts: 3))
    #expect(bench.journal.output.count == bench.hosts.asked.count)
  }
}
