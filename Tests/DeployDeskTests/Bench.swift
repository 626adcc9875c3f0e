import DeployCore
import DeployEngine
import DeployLua
import DeployModel
import DeployReport
import DeploySimulation
import Foundation
import Synchronization
import Testing

@testable import DeployDesk

/// A desk over simulated hosts, with a project in memory. It starts no process, and its time is virtual.
final class Bench: Sendable {
  let files: BenchFiles
  let project: LoadedProject
  let journal: PastMemory
  let shelf: MemoryShelf
  let transport: SimulatedTransport
  let engines = BenchEngines()
  let messages = MemoryMessages()
  let inboxes: BenchHosts
  let clock = VirtualClock()
  let desk: Desk
  /// The time that passed in the earlier benches.
  private let since: Interval
  private let told = Told()
  /// The number before the first deployment id of this bench.
  private let first: Int
  private let time = Mutex<Task<Void, Never>?>(nil)

  private final class Told: Sendable {
    let events = Mutex<[DeskEvent]>([])
  }

  /// - Parameters:
  ///   - text: the text of `deploy.lua`.
  ///   - files: the other files of the project, by path.
  ///   - hosts: the hosts at the start; nil: new hosts for the project's groups.
  ///   - before: another bench, whose journal and bundles this one continues with.
  ///   - origin: has the files of releases that hosts keep; nil: they cannot be read.
  ///   - edited: names of hosts whose files were edited in place.
  init(
    _ text: String, files: [String: String] = ["app/version": "1\n", "app/index.html": "<p>hello</p>\n"],
    hosts: [SimulatedHost]? = nil, after before: Bench? = nil, secrets: BenchSecrets = BenchSecrets(), watch: BenchWatch = BenchWatch(),
    faults: Faults = Faults(), commits: any VersionControl = NoVersionControl(), system: CISystem? = nil,
    releases origin: MemoryShelf? = nil, edited: [String] = []
  ) throws {
    self.files = BenchFiles(files)
    project = LoadedProject(folder: "/bench", project: try Bench.load(text))
    var names: [String] = []
    for host in project.project.groups.flatMap(\.hosts) + project.project.recipes.flatMap(\.ownHosts) where !names.contains(host.name) {
      names.append(host.name)
    }
    journal = before?.journal ?? PastMemory()
    shelf = before?.shelf ?? MemoryShelf()
    transport = SimulatedTransport(hosts: hosts ?? names.map { Bench.host($0) }, clock: clock, faults: faults)
    inboxes = BenchHosts(transport: transport, messages: messages)
    let (clock, told) = (clock, told)
    // An earlier bench has used no id from here on.
    first = before.map { $0.first + 100 } ?? 0
    let number = Mutex(first)
    // Each bench's clock begins at zero, so the time of the earlier benches is added.
    let since = before.map { $0.since + ($0.clock.now() - clock.now()) + .minutes(1) } ?? .zero
    self.since = since
    let stage = RehearsalStage(library: LuaShelf(), files: self.files) {
      let number = number.withLock { number in
        number += 1
        return number
      }
      return Planner.Identity(
        id: "d\(number)", actor: "me@bench", at: clock.now() + since, engine: "test", token: "token-\(number)", seed: UInt64(number))
    }
    let ports = Ports(
      transport: transport, machine: SimulatedEngineMachine(), bundles: shelf, journal: journal, clock: clock, actor: "me@bench",
      mailboxes: [messages])
    let releases: any ReleaseReader =
      if let origin { BenchReleases(transport: transport, origin: origin, edited: edited) } else { NoReleases() }
    desk = Desk(
      ports: ports, journal: journal, shelf: shelf, builder: BenchBuilder(files: self.files, shelf: shelf), reviewer: NoReview(),
      watch: watch, secrets: secrets, engines: engines, messages: messages, hosts: inboxes, stage: stage, machine: "bench",
      commits: commits,
      system: system, releases: releases,
      tell: { event in told.events.withLock { $0.append(event) } })
    go()
  }

  deinit { pause() }

  /// Stops the virtual clock. While the clock runs, it leaps as soon as no work is ready, but never over a day, so that a pause does not
  /// end.
  private func pause() { time.withLock { $0?.cancel() } }
  private func go() { time.withLock { [clock] in $0 = Task { await Self.run(clock) } } }

  /// Lets the clock leap. Before a leap that may exceed a time limit, it waits, because the task with the limit may not have had a turn
  /// yet.
  private static func run(_ clock: VirtualClock) async {
    while !Task.isCancelled {
      for _ in 0..<32 { await Task.yield() }
      if let next = clock.next, next > .seconds(1) {
        await giveTurns()
        guard clock.next == next else { continue }
      }
      clock.leap(within: .minutes(200))
    }
  }

  /// Waits until this task has woken on time twice, because on a busy machine other tasks that are ready may wait much longer for a turn.
  private static func giveTurns() async {
    var onTime = 0
    for _ in 0..<20 where onTime < 2 {
      let start = ContinuousClock.now
      try? await Task.sleep(for: .milliseconds(2))
      onTime = ContinuousClock.now - start < .milliseconds(5) ? onTime + 1 : 0
    }
  }

  /// Returns the desk of another command, with the same project, hosts and state folder.
  /// - Parameter lease: the lease of its place in the queue, longer than the test, because virtual time does not wait for renewals.
  func another(lease: Interval = .minutes(24 * 60)) -> Desk {
    var ports = desk.ports
    ports.transport = transport.another()
    let told = told
    return Desk(
      ports: ports, journal: journal, shelf: shelf, builder: BenchBuilder(files: files, shelf: shelf), reviewer: NoReview(),
      watch: BenchWatch(), secrets: BenchSecrets(), engines: engines, messages: messages, hosts: inboxes, stage: desk.stage,
      machine: "bench",
      lineLease: lease, tell: { event in told.events.withLock { $0.append(event) } })
  }

  /// Slows the clock down to one leap every two milliseconds, so that no time limit passes before work that takes no virtual time is done.
  func slowDown() {
    pause()
    time.withLock { [clock] in
      $0 = Task {
        while !Task.isCancelled {
          try? await Task.sleep(for: .milliseconds(2))
          clock.leap(within: .minutes(200))
        }
      }
    }
  }

  /// Runs a deployment until `isThere` returns true, then leaves it as interrupted.
  /// - Parameter isThere: called with the journal before each leap of the clock.
  func leave(_ running: Running, when isThere: (PastMemory) async -> Bool) async throws -> RunEnd {
    pause()
    running.start()
    for _ in 0..<10_000 where await !isThere(journal) {
      for _ in 0..<32 { await Task.yield() }
      clock.leap()
    }
    await running.detach()
    defer { go() }
    for await _ in running.events {}
    return try await running.end()
  }

  /// Returns a host without releases. Its commands print their own command line.
  static func host(_ name: String) -> SimulatedHost {
    var host = SimulatedHost(name: name)
    host.commands = { line, _ in
      var command = SimulatedCommand()
      command.stdout = line + "\n"
      return command
    }
    return host
  }

  /// Returns a `deploy.lua` as most tests need it. The given fields of the recipe begin on line 8.
  static func text(hosts: Int = 2, body: String = "", more: String = "") -> String {
    let list = (1...hosts).map { "host \"h\($0)\" { transport = \"local\", root = \"/hosts/h\($0)\" }" }.joined(separator: ", ")
    return """
      group "test" { hosts = { \(list) } }
      \(more)
      recipe "app" {
        api = 1,
        revision = bundle { from = "app" },
        targets = group "test",
        path = "/srv/app",
        \(body)
      }

      """
  }

  /// Reads a project together with the recipes that are shipped with Lander.
  static func load(_ text: String) throws(Problems) -> Project {
    try LuaProject.load(main: SourceFile(path: "deploy.lua", text: text), read: shipped).project
  }

  /// Returns the text of a shipped file; nil: it is not there.
  static func shipped(_ path: String) -> String? {
    let checkout = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    return try? String(contentsOf: checkout.appending(path: path), encoding: .utf8)
  }

  /// The events that the desk has reported so far.
  var events: [DeskEvent] { told.events.withLock { $0 } }

  /// Does what `lander check` does.
  func check() async throws -> DryRun.Result { try await DryRun(project: project, stage: desk.stage).result() }

  /// Plans as `lander plan` does without connecting, or as a deployment does.
  func plan(_ request: DeploymentRequest = DeploymentRequest(), connecting: Bool = true) async throws -> PlannedDeployment {
    try await desk.plan(Asked(request), of: project, connecting: connecting)
  }

  /// Plans a deployment and runs it until it ends.
  @discardableResult
  func deploy(_ request: DeploymentRequest = DeploymentRequest()) async throws -> RunEnd {
    try await end(desk.deploy(try await plan(request).plan))
  }

  /// Follows a deployment until it ends.
  func end(_ running: Running) async throws -> RunEnd {
    running.start()
    for await _ in running.events {}
    return try await running.end()
  }

  /// Returns a host in its present state.
  func host(_ name: String) throws -> SimulatedHost { try #require(transport.hosts.first { $0.name == name }) }
}

extension Recipe {
  /// The hosts that the recipe's targets list directly.
  fileprivate var ownHosts: [DeployModel.Host] { if case .hosts(let group) = targets { group.hosts } else { [] } }
}

extension PlannedDeployment {
  /// The plan as the command line shows it.
  var report: PlanReport {
    PlanReport(plan, rehearsal: rehearsal.good, failure: rehearsal.bad, findings: rehearsal.findings, loops: rehearsal.loops)
  }
}

/// Returns the text with which a body refuses, every line with a line break.
func refusal(sourceLocation: SourceLocation = #_sourceLocation, _ body: () async throws -> Void) async -> String {
  do {
    try await body()
    Issue.record("nothing was refused", sourceLocation: sourceLocation)
    return ""
  } catch let problems as Problems {
    return problems.lines().map { $0 + "\n" }.joined()
  } catch {
    Issue.record("\(error)", sourceLocation: sourceLocation)
    return ""
  }
}

/// Compares two texts line by line, so that a failure shows the lines that differ.
func expectText(_ text: String, _ expected: String, sourceLocation: SourceLocation = #_sourceLocation) {
  let found = text.split(separator: "\n", omittingEmptySubsequences: false)
  let wanted = expected.split(separator: "\n", omittingEmptySubsequences: false)
  for (index, pair) in zip(found, wanted).enumerated() where pair.0 != pair.1 {
    Issue.record("line \(index + 1) is \"\(pair.0)\", should be \"\(pair.1)\"; all of it:\n\(text)", sourceLocation: sourceLocation)
    return
  }
  #expect(found.count == wanted.count, "all of it:\n\(text)", sourceLocation: sourceLocation)
}
