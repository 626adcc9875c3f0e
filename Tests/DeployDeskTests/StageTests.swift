import DeployCore
import DeployModel
import DeployReport
import DeploySimulation
import Foundation
import PlanDrafts
import Testing

@testable import DeployDesk

/// Tests stages of which hosts keep marks, from the request to the end.
@Suite("Stages that hosts remember, from request to end")
struct StageTests {
  private static let migrate =
    "stage.upload, stage \"migrate\" { once = \"revision\", on = \"host\", run = function(host) host:run \"migrate\" end }, stage.rollout"
  private static let contract =
    "stage.upload, stage.rollout, stage \"contract\" { irreversible = true, on = \"host\", run = function(host) host:run \"contract\" end }"

  private static func text(_ stages: String = migrate, body: String = "", more: String = "") -> String {
    Bench.text(
      body: "stages = { \(stages) }, \(body) on = { ApplicationStart = function(host) host:run \"start\" end },", more: more)
  }

  /// Returns hosts on which commands with this line fail.
  private static func hosts(_ names: [String], failing line: String) -> [SimulatedHost] {
    names.map { name in
      var host = SimulatedHost(name: name)
      host.commands = { typed, _ in
        var command = SimulatedCommand()
        command.status = typed == line ? 1 : 0
        return command
      }
      return host
    }
  }

  /// Returns how often a command ran, on all hosts together.
  private static func count(_ line: String, _ bench: Bench) -> Int {
    bench.transport.hosts.flatMap { Array($0.jobs) }.count {
      if case .run(let command) = $0.intent.operation { command.line == line } else { false }
    }
  }

  private static func selection(_ bench: Bench) throws -> Selection { try bench.project.project.selection(recipe: nil, group: nil) }

  private static func lines(_ planned: PlannedDeployment) -> String { planned.report.lines(on: Surface()).joined(separator: "\n") }

  /// Returns the bench's hosts with marks of a deployment that began the stage and whose end is unknown.
  private static func forsaken(_ bench: Bench) -> [SimulatedHost] {
    bench.transport.hosts.map { host in
      var host = host
      for index in host.marks.indices { (host.marks[index].state, host.marks[index].deployment) = (.begun, "gone") }
      return host
    }
  }

  @Test("the same bundle again does not run the stage, as the plan says before; another bundle does")
  func again() async throws {
    let bench = try Bench(Self.text())
    try await bench.deploy()
    let first = try #require(try bench.host("h2").receipt?.deployment)
    #expect(Self.count("migrate", bench) == 1)
    let forced = try await bench.plan(DeploymentRequest(force: true))
    #expect(
      Self.lines(forced).contains("migrate (once a revision, on one host, skipped: deployment \(first) ran it)"), "\(Self.lines(forced))")
    #expect(!Self.lines(forced).contains("run migrate"), "\(Self.lines(forced))")
    #expect(Self.lines(forced).contains("give the lock back"), "it is rehearsed to its end")
    let unasked = try await bench.plan(DeploymentRequest(force: true), connecting: false)
    #expect(Self.lines(unasked).contains("migrate (once a revision, on one host)") && Self.lines(unasked).contains("run migrate"))
    #expect(try await bench.deploy(DeploymentRequest(force: true)).deployments.map(\.conclusion?.status) == [.succeeded])
    #expect(Self.count("migrate", bench) == 1 && Self.count("start", bench) == 4)
    #expect(bench.transport.hosts.allSatisfy { $0.marks.map(\.deployment) == [first] })
    bench.files["app/version"] = "2\n"
    try await bench.deploy()
    #expect(Self.count("migrate", bench) == 2)
  }

  @Test("after a rollout that failed, the stage does not run again; after a stage that failed, it does")
  func failed() async throws {
    let bench = try Bench(Self.text(), hosts: Self.hosts(["h1", "h2"], failing: "start"))
    for _ in 0..<2 { #expect(try await bench.deploy().deployments[0].conclusion?.status == .failed) }
    #expect(Self.count("migrate", bench) == 1)
    let other = try Bench(Self.text(), hosts: Self.hosts(["h1", "h2"], failing: "migrate"))
    for _ in 0..<2 { #expect(try await other.deploy().deployments[0].conclusion?.status == .failed) }
    #expect(Self.count("migrate", other) == 2 && other.transport.hosts.allSatisfy(\.marks.isEmpty))
  }

  @Test("a stage whose end nobody knows is refused with its line until somebody says what is true")
  func unknown() async throws {
    let first = try Bench(Self.text())
    try await first.deploy()
    func bench() throws -> Bench { try Bench(Self.text(), hosts: Self.forsaken(first), after: first) }
    expectText(
      await refusal { _ = try await bench().plan(DeploymentRequest(force: true)) },
      """
      deploy.lua:8: stage "migrate" was begun for this revision by deployment gone of me@bench, and nobody knows whether it came to its \
      end; it does not run again by itself
        → where it was begun, lander resume gone finds out and continues
          else check whether it is done: then lander deploy app --group test --ran migrate, \
      else lander deploy app --group test --again migrate

      """)
    var request = DeploymentRequest(force: true)
    request.ran = ["migrate"]
    let told = try bench()
    #expect(Self.lines(try await told.plan(request)).contains("skipped, as was said"))
    #expect(try await told.deploy(request).deployments.map(\.conclusion?.status) == [.succeeded])
    #expect(Self.count("migrate", told) == 1 && told.transport.hosts.allSatisfy { $0.marks.map(\.state) == [.done] })
    (request.ran, request.again) = (nil, ["migrate"])
    let again = try bench()
    #expect(Self.lines(try await again.plan(request)).contains("again, as was said"))
    try await again.deploy(request)
    #expect(Self.count("migrate", again) == 2 && again.transport.hosts.allSatisfy { $0.marks.map(\.state) == [.done] })
  }

  @Test("a task runs no stage, and asks nothing about stages")
  func task() async throws {
    let text = Self.text(body: "tasks = { task \"look\" { run = function(host) host:run \"look\" end } },")
    let first = try Bench(text)
    try await first.deploy()
    let bench = try Bench(text, hosts: Self.forsaken(first), after: first)
    var project = bench.project
    project.project = try project.project.running("look", of: nil) { NearMatch.hint($0, among: $1) }
    let plan = try await bench.desk.plan(Asked(DeploymentRequest()), of: project).plan
    #expect(try await bench.end(bench.desk.deploy(plan)).deployments[0].conclusion?.status == .succeeded)
    #expect(Self.count("look", bench) == 2 && Self.count("migrate", bench) == 1)
  }

  @Test("of a partner, the one host that the stage runs on remembers it, and no other")
  func partner() async throws {
    let stage = Self.migrate.replacing("on = \"host\"", with: "on = group \"db\"")
    let text = Self.text(
      stage, body: "partners = group \"db\",",
      more: "group \"db\" { hosts = { host \"db1\" { root = \"/hosts/db1\" }, host \"db2\" { root = \"/hosts/db2\" } } }")
    let bench = try Bench(text, hosts: ["h1", "h2", "db1", "db2"].map { Bench.host($0) })
    #expect(Self.lines(try await bench.plan()).contains("migrate (once a revision, on one host of db)"))
    #expect(try await bench.deploy().deployments.map(\.conclusion?.status) == [.succeeded])
    let remembering = bench.transport.hosts.filter { !$0.marks.isEmpty }.map(\.name)
    #expect(remembering == ["h1", "h2", "db1"])
    let runs = try bench.host("db1").jobs.compactMap { if case .run(let command) = $0.intent.operation { command.line } else { nil } }
    #expect(runs == ["migrate"])
  }

  // MARK: stages that cannot be undone

  @Test("a rollback behind a stage that cannot be undone is refused, and goes if that is named; forward is free")
  func irreversible() async throws {
    let bench = try Bench(Self.text(Self.contract))
    try await bench.deploy()
    let first = try #require(try bench.host("h1").current)
    bench.files["app/version"] = "2\n"
    try await bench.deploy()
    let second = try #require(try bench.host("h1").receipt)
    let selection = try Self.selection(bench)
    expectText(
      await refusal { _ = try await bench.desk.planRollback(of: selection, in: bench.project, straighten: false) },
      """
      stage "contract" cannot be undone, and ran for revision \(second.inputs.bundle.short) in deployment \(second.deployment) of \
      me@bench, after release \(first) came there
        → deploy a revision that works with what the stage changed; if that release does too: lander rollback app --despite contract

      """)
    let surveyed = await bench.desk.survey(selection)
    #expect(surveyed.noWayBack(while: [])?.message.contains("cannot be undone") == true)
    let stray = await refusal {
      _ = try await bench.desk.planRollback(of: selection, in: bench.project, straighten: false, despite: ["contrakt"])
    }
    #expect(stray.contains("--despite contrakt: no stage of that name"), "\(stray)")
    let plan = try await bench.desk.planRollback(of: selection, in: bench.project, straighten: false, despite: ["contract"])
    #expect(try await bench.end(bench.desk.deploy(plan)).deployments[0].conclusion?.status == .succeeded)
    #expect(try bench.host("h2").current == first)
    bench.files["app/version"] = "3\n"
    #expect(try await bench.plan().plan.flow.goesBack, "what came back by hand works with it")
  }

  @Test("if such a stage fails, hosts keep the new release, and the next deployment takes nothing back behind it")
  func stays() async throws {
    let bench = try Bench(Self.text(Self.contract))
    try await bench.deploy()
    bench.files["app/version"] = "2\n"
    let hosts = bench.transport.hosts.map { host in
      var host = host
      host.commands = Self.hosts([host.name], failing: "contract")[0].commands
      return host
    }
    let next = try Bench(Self.text(Self.contract), hosts: hosts, after: bench)
    next.files["app/version"] = "2\n"
    let end = try await next.deploy()
    let conclusion = try #require(end.deployments[0].conclusion)
    #expect(end.deployments.count == 1 && conclusion.status == .failed && conclusion.irreversible == "contract")
    #expect(conclusion.rollback.isEmpty && conclusion.hosts == [.succeeded, .succeeded])
    next.files["app/version"] = "3\n"
    let third = try await next.plan()
    #expect(third.plan.flow.behind == "contract")
    let words = Self.lines(third).split(whereSeparator: \.isWhitespace).joined(separator: " ")
    #expect(
      words.contains(
        "Way back: none, stage contract cannot be undone, and ran after what hosts would go back to: a failed host stays as it is."),
      "\(words)")
  }

  @Test("a stage behind the rollout that failed runs in the next deployment, although hosts have the release already")
  func due() async throws {
    for stages in [
      Self.contract,
      "stage.upload, stage.rollout, stage \"contract\" { once = \"revision\", on = \"host\", "
        + "run = function(host) host:run \"contract\" end }",
    ] {
      let bench = try Bench(Self.text(stages, body: "rollback = false,"), hosts: Self.hosts(["h1", "h2"], failing: "contract"))
      #expect(try await bench.deploy().deployments.map(\.conclusion?.status) == [.failed])
      #expect(try bench.host("h1").receipt?.trial == true && Self.count("contract", bench) == 1)
      #expect(try await bench.deploy().deployments.map(\.conclusion?.status) == [.failed])
      #expect(try bench.host("h1").receipt?.trial == true && Self.count("contract", bench) == 2)
      for host in ["h1", "h2"] { bench.transport.change(host) { $0.commands = SimulatedHost(name: host).commands } }
      let end = try await bench.deploy()
      #expect(end.deployments.map(\.conclusion?.status) == [.succeeded] && Self.count("contract", bench) == 3)
      #expect(try bench.host("h1").receipt?.trial != true && Self.count("start", bench) == 2)
      try await bench.deploy()
      #expect(Self.count("contract", bench) == 3, "nothing is due any more")
    }
  }

  @Test("a stage that somebody wants again runs although hosts have the release, and no other stage does")
  func wantedAgain() async throws {
    let smoke = ", stage \"smoke\" { run = function(d) d.targets:first():run \"smoke\" end }"
    let bench = try Bench(Self.text(Self.migrate + smoke))
    try await bench.deploy()
    var request = DeploymentRequest()
    request.again = ["migrate"]
    #expect(try await bench.deploy(request).deployments.map(\.conclusion?.status) == [.succeeded])
    #expect(Self.count("migrate", bench) == 2 && Self.count("smoke", bench) == 1 && Self.count("start", bench) == 2)
  }

  @Test("a stage that runs on a host before the release is there is named by the plan and runs nothing, unless it says in which folder")
  func early() async throws {
    func text(_ options: String) -> String {
      Self.text("stage \"early\" { on = \"host\", run = function(host) host:run(\"early\"\(options)) end }, stage.upload, stage.rollout")
    }
    let blind = try Bench(text(""))
    let words = Self.lines(try await blind.plan())
    #expect(words.contains("does not have the release yet") && words.contains("let stage.upload come before this stage"), "\(words)")
    #expect(try await blind.deploy().deployments.map(\.conclusion?.status) == [.failed] && Self.count("early", blind) == 0)
    let bench = try Bench(text(", { cwd = \"/\" }"))
    #expect(try await bench.deploy().deployments.map(\.conclusion?.status) == [.succeeded] && Self.count("early", bench) == 1)
  }

  // MARK: stages that can be undone

  private static let undoable =
    "stage.upload, stage \"migrate\" { once = \"revision\", on = \"host\", run = function(host) host:run \"migrate\" end, "
    + "undo = function(host) host:run \"migrate down\" end }, stage.rollout"

  @Test("a deployment that fails undoes its stages when its hosts are back, and a later one of the same bundle runs them again")
  func undone() async throws {
    let bench = try Bench(Self.text(Self.undoable), hosts: Self.hosts(["h1", "h2"], failing: "start"))
    let end = try await bench.deploy()
    #expect(end.deployments.map(\.conclusion?.status) == [.failed, .succeeded])
    #expect(Self.count("migrate", bench) == 1 && Self.count("migrate down", bench) == 1)
    #expect(bench.transport.hosts.allSatisfy { $0.marks.map(\.state) == [.undone] && $0.lock == nil })
    for name in ["h1", "h2"] { bench.transport.change(name) { $0.commands = nil } }
    #expect(try await bench.deploy().deployments.map(\.conclusion?.status) == [.succeeded])
    #expect(Self.count("migrate", bench) == 2)
  }

  @Test("lander rollback says what it undoes, does so after the hosts went back, and leaves it while a host of the group needs it")
  func rolledBack() async throws {
    let bench = try Bench(Self.text(Self.undoable))
    try await bench.deploy()
    let first = try #require(try bench.host("h1").current)
    bench.files["app/version"] = "2\n"
    try await bench.deploy()
    let part = try bench.project.project.selection(recipe: nil, group: nil, only: ["h1"])
    #expect(try await bench.desk.planRollback(of: part, in: bench.project, straighten: false).undone.isEmpty)
    let selection = try Self.selection(bench)
    let plan = try await bench.desk.planRollback(of: selection, in: bench.project, straighten: false)
    #expect(plan.flow.stages.map(\.name) == ["rollout", "undo of migrate"])
    #expect(
      bench.events.contains {
        if case .remark(let text) = $0 {
          text.hasPrefix("Stage \"migrate\" of revision") && text.contains("after all hosts are back")
        } else {
          false
        }
      })
    #expect(try await bench.end(bench.desk.deploy(plan)).deployments[0].conclusion?.status == .succeeded)
    #expect(try bench.host("h2").current == first && Self.count("migrate down", bench) == 1)
    #expect(bench.transport.hosts.allSatisfy { $0.marks.count { $0.state == .done } == 1 }, "that of the release that they run")
  }

  @Test("slots do not go back behind such a stage either")
  func slots() async throws {
    let text = SlotTests.text.replacing(
      "strategy = blue_green { watch = \"1m\", check = function(host) return host:try(\"bin/look\").ok end },",
      with: "stages = { stage.upload, stage.rollout { strategy = blue_green { watch = \"1m\", "
        + "check = function(host) return host:try(\"bin/look\").ok end } }, "
        + "stage \"contract\" { irreversible = true, run = function() end } },")
    let bench = try Bench(text)
    try await bench.deploy()
    bench.files["app/version"] = "2\n"
    try await bench.deploy()
    let selection = try Self.selection(bench)
    let words = await refusal { _ = try await bench.desk.planRollback(of: selection, in: bench.project, straighten: false) }
    #expect(words.contains("stage \"contract\" cannot be undone") && words.contains("--despite contract"), "\(words)")
    let plan = try await bench.desk.planRollback(of: selection, in: bench.project, straighten: false, despite: ["contract"])
    #expect(plan.flow.undoes != nil)
  }

  // MARK: tests of recipes, and what was kept

  @Test("a test of a recipe plays such stages, and sees that nothing goes back behind one")
  func specs() async throws {
    let main = SpecBench.main.replacing(
      "stage \"warm\" { run = function() here:run \"bin/warm\" end }",
      with: "stage \"warm\" { once = \"revision\", on = \"host\", irreversible = true, run = function(host) host:run \"bin/warm\" end }")
    let results = try await SpecBench.results(
      """
      it("holds", function(t)
        local files = { ["/etc/port"] = "80" }
        local run = t:deploy("web", { files = files })
        t:expect(run.status):equals "succeeded"
        t:expect(run:ran("bin/warm", "web1")):equals(1)
        t:expect(run:ran "bin/warm"):equals(1)
        local bad = t:deploy("web", { files = files, fails = { web2 = "ValidateService" } })
        t:expect(bad.status):equals "failed"
        t:expect(bad.back):equals(nil)
        t:expect(bad.hosts.web1.release):equals "new"
        t:expect(bad.hosts.web2.status):equals "failed"
      end)
      """, main: main)
    #expect(results.map(\.problem) == [nil])
  }

  @Test("a request that an older version kept says nothing of stages, and is read")
  func kept() throws {
    let train = Train(
      id: "train-1", began: Timestamp(milliseconds: 1), actor: "a@b", request: DeploymentRequest(group: "g"), between: .check, groups: ["g"]
    )
    let text = String(decoding: try JSONEncoder().encode(train), as: UTF8.self)
    #expect(!text.contains("\"ran\"") && !text.contains("\"again\""))
    #expect(try JSONDecoder().decode(Train.self, from: Data(text.utf8)) == train)
  }
}
