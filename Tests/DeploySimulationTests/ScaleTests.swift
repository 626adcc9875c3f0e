import DeployCore
import DeployLua
import DeployModel
import DeploySimulation
import DeployStore
import Foundation
import PlanDrafts
import Testing

/// How long the rehearsal of a large deployment takes, and how much memory it uses. Runs with `LANDER_SCALE=10000` in the environment of a
/// release build, as `scripts/test --full` sets it. The time depends on the machine, so it is only printed; the memory has a limit.
struct ScaleTests {
  static let hosts = ProcessInfo.processInfo.environment["LANDER_SCALE"].flatMap { Int($0) } ?? 0

  static let recipe = """
    group "production" { hosts = { "web[1-HOSTS]" } }

    recipe "web" {
      application = "shop",
      revision = bundle { from = "dist" },
      targets = group "production",
      path = "/srv/shop",
      shared = { "log/" },
      stages = {
        stage.upload,
        stage "migrate" { run = function(deployment) deployment.targets:first():run("bin/migrate --yes", { timeout = "15m" }) end },
        stage.rollout { strategy = rolling { batch = "5%" } },
      },
      on = {
        BeforeBlockTraffic = function(host) host:run "bin/before-block" end,
        BlockTraffic = function(host) host:run "bin/block" end,
        AfterBlockTraffic = function(host) host:run "bin/after-block" end,
        ApplicationStop = function(host) host:run "sudo systemctl stop shop" end,
        BeforeInstall = function(host) host:run "bin/before-install" end,
        AfterInstall = function(host) host:run "bin/after-install" end,
        ApplicationStart = function(host) host:run "sudo systemctl start shop" end,
        ValidateService = function(host) host:wait_for { http = "http://localhost:8080/ready", timeout = "2m" } end,
        BeforeAllowTraffic = function(host) host:run "bin/before-allow" end,
        AllowTraffic = function(host) host:run "bin/allow" end,
        AfterAllowTraffic = function(host) host:run "bin/after-allow" end,
      },
    }
    """

  @Test("a fleet is taken through every hook, 5 % at a time, with its journal in a file", .enabled(if: hosts > 0))
  func fleet() throws {
    let clock = ContinuousClock()
    let root = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let folder = FileManager.default.temporaryDirectory.appending(path: "lander-scale-\(ProcessInfo.processInfo.processIdentifier)")
    defer { try? FileManager.default.removeItem(at: folder) }
    let journal = try SQLiteJournal(in: try StateDirectory(folder.path))

    let planning = clock.now
    let main = SourceFile(path: "deploy.lua", text: Self.recipe.replacing("HOSTS", with: "\(Self.hosts)"))
    let project = try LuaProject.load(main: main) { try? String(contentsOf: root.appending(path: $0), encoding: .utf8) }
    var hosts = Worlds.hosts(Self.hosts)
    for host in hosts.indices { hosts[host].receipt?.recipe = "web" }
    let plan = try Self.plan(project, hosts)
    Worlds.report("plan of \(Self.hosts) hosts: \(clock.now - planning)")

    var steps = 0
    let running = clock.now
    var simulation = Simulation(hosts: hosts) { plan in
      steps += 1
      return try LuaRecipes(plan: plan, sources: plan.content.recipes.map { _ in project.sources })
    }
    simulation.keepsEntries = false
    var (waiting, written): ([Entry], Int) = ([], 0)
    simulation.journal = { deployment, entries in
      waiting += entries
      written += entries.count
      guard waiting.count >= 2000 || entries.contains(where: { if case .concluded = $0.fact { true } else { false } }) else { return }
      Self.append(waiting, to: journal, of: deployment)
      waiting.removeAll(keepingCapacity: true)
    }
    simulation.add(plan)
    simulation.run()
    #expect(simulation.checkers.broken == [])
    #expect(simulation.stopped == nil)
    #expect(simulation.engines[0].conclusion?.status == .succeeded)
    #expect(simulation.hosts.allSatisfy { $0.receipt?.deployment == plan.id })
    Worlds.report(
      "\(Self.hosts) hosts: \(clock.now - running), \(simulation.events) events, \(written) entries, \(simulation.duration) of virtual time"
    )
    let peak = Self.peak() * 1024 / 1_000_000
    Worlds.report("peak memory: \(peak) MB; \(simulation.checkers.checks) checks")
    #expect(peak > 0 && peak <= max(100, 400 * Self.hosts / 10_000), "MB at most, for so many hosts")
  }

  static func plan(_ project: LuaProject, _ hosts: [SimulatedHost]) throws -> Plan {
    let selection = try Selection(DeploymentRequest(), in: project.project)
    let digest = Digest(hex: String(repeating: "5eed", count: 16))
    return try Planner.deployment(
      Planner.Input(
        selection: selection, release: Release(id: "5eed5eed5eed", bundle: digest, shared: selection.recipe.placement.shared),
        bundle: Bundle(digest: digest, files: 10, bytes: 1000, source: "dist"), manifest: Manifest(items: []), sources: Worlds.sources,
        surveys: hosts.map { .reached($0.state(at: Timestamp(milliseconds: 0))) },
        kept: [PinnedRecipe(name: "web", sources: Worlds.sources, hooks: selection.recipe.flow.hooks)]),
      by: Planner.Identity(id: "d1", actor: "a@b", at: Timestamp(milliseconds: 0), engine: "1", token: "t", seed: 1))
  }

  /// Appends entries and blocks until the journal has them, because the caller is not asynchronous.
  private static func append(_ entries: [Entry], to journal: SQLiteJournal, of deployment: Deployment.ID) {
    let done = DispatchSemaphore(value: 0)
    Task.detached {
      do { try await journal.append(entries, to: deployment) } catch { Issue.record(error) }
      done.signal()
    }
    done.wait()
  }

  /// Returns the largest amount of memory that this process used, in KiB.
  private static func peak() -> Int {
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
    return line.flatMap { Int($0.filter(\.isNumber)) } ?? 0
  }
}
