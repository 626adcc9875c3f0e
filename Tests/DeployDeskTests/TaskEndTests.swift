import DeployCore
import DeployModel
import DeployReport
import DeploySimulation
import PlanDrafts
import Testing

@testable import DeployDesk

@Suite("How tasks end, and what is said of them")
struct TaskEndTests {
  private let tasks = TaskTests()

  private func told(_ bench: Bench, _ id: Deployment.ID) async throws -> String {
    Summary(DeploymentStory(try await bench.desk.past.entries(of: id))).lines(on: Surface()).joined(separator: "\n")
  }

  private func end(_ name: String, _ bench: Bench) async throws -> (conclusion: Conclusion, told: String) {
    let plan = try await tasks.plan(name, bench)
    let end = try await bench.end(bench.desk.deploy(plan))
    return (try #require(end.deployments.first?.conclusion), try await told(bench, plan.id))
  }

  @Test("what once ran before it failed stays, and is named with its host")
  func once() async throws {
    let bench = try await tasks.deployed(
      "task \"t\" { once = function(d) d.targets:first():run(\"change\") d.targets:first():run(\"boom\") end }")
    let (conclusion, told) = try await end("t", bench)
    #expect(ExitCode(conclusion) == .held && conclusion.ran == true)
    #expect(told.contains("The task ran, and nothing takes that back:\n    h1: run change"), "\(told)")
    #expect(!told.contains("No host was changed"), "\(told)")
  }

  @Test("a task that fails before it runs anything leaves nothing: 10")
  func nothing() async throws {
    let bench = try await tasks.deployed("task \"t\" { drain = true, run = function(host) host:run(\"look\") end }", failing: "leave")
    let (conclusion, told) = try await end("t", bench)
    #expect(ExitCode(conclusion) == .rolledBack && conclusion.ran == false)
    #expect(told.contains("hosts that left their traffic have it back.") && !told.contains("The task ran"), "\(told)")
  }

  @Test("of a deployment whose stage ran something and failed, it is not said that nothing was changed")
  func stage() async throws {
    let bench = try Bench(
      Bench.text(
        body: "stages = { stage.upload, stage \"migrate\" { run = function(d) "
          + "d.targets:first():run(\"change\") d.targets:first():run(\"boom\") end }, stage.rollout },"),
      hosts: ["h1", "h2"].map { name in tasks.booming(Bench.host(name)) })
    let plan = try await bench.plan().plan
    let conclusion = try #require(try await bench.end(bench.desk.deploy(plan)).deployments.first?.conclusion)
    #expect(ExitCode(conclusion) == .rolledBack && conclusion.ran == nil)
    let told = try await told(bench, plan.id)
    #expect(told.contains("No host was brought to the release."), "\(told)")
    #expect(told.contains("Its stages ran, and nothing takes that back:\n    h1: run change"), "\(told)")
  }

  @Test("who ends a task by a gate counts: rejected is 16, whatever stays", arguments: [Failure.Kind.rejected, .unfit])
  func gates(kind: Failure.Kind) {
    var conclusion = Conclusion(status: .failed, error: ScriptError(Failure(kind, "no")), hosts: [.succeeded, .pending])
    #expect(ExitCode(conclusion) == .held)
    conclusion.ran = true
    #expect(ExitCode(conclusion) == (kind == .rejected ? .rejected : .unfit))
  }

  @Test("a task that was unlocked in the middle and resumed to its end leaves no note, and the next deployment changes nothing")
  func unlocked() async throws {
    let bench = try await tasks.deployed("task \"t\" { drain = true, run = function(host) host:run(\"look\") end }")
    let plan = try await tasks.plan("t", bench)
    try await leave(plan, bench)
    let found = await bench.desk.survey(try selection(bench))
    try await bench.desk.unlock(try await bench.desk.locks(on: [found])) { _ in }
    #expect(try bench.host("h1").failedRestore?.deployment == plan.id)
    let pair = try await bench.desk.past.pair(of: plan.id)
    guard case .running(let running) = try await bench.desk.resume(pair) else { throw Failure(.failed, "it has ended") }
    #expect(try await bench.end(running).deployments.map(\.conclusion?.status) == [.succeeded])
    #expect(bench.transport.hosts.allSatisfy { $0.failedRestore == nil })
    #expect(try await bench.plan().plan.hosts.allSatisfy { $0.action == .unchanged })
  }

  @Test("unlocking a task that takes no host out of service leaves no note at all")
  func unlockedRunOnly() async throws {
    let bench = try await tasks.deployed("task \"t\" { run = function(host) host:run(\"look\") host:run(\"again\") end }")
    let plan = try await tasks.plan("t", bench)
    try await leave(plan, bench)
    let found = await bench.desk.survey(try selection(bench))
    try await bench.desk.unlock(try await bench.desk.locks(on: [found])) { _ in }
    #expect(bench.transport.hosts.allSatisfy { $0.failedRestore == nil })
    #expect(try await bench.plan().plan.hosts.allSatisfy { $0.action == .unchanged })
  }

  /// Detaches from the task while its function runs on the first host.
  private func leave(_ plan: Plan, _ bench: Bench) async throws {
    _ = try await bench.leave(bench.desk.deploy(plan)) { journal in
      await journal.entries(of: plan.id).entries.contains {
        if case .intended(let intent) = $0.fact { intent.site.stage == "task t" } else { false }
      }
    }
  }

  private func selection(_ bench: Bench) throws -> Selection { try Selection(DeploymentRequest(), in: bench.project.project) }

  @Test("what to type on a host that only left its traffic does not start the application a second time")
  func commands() async throws {
    let drained = try await tasks.plan("t", tasks.deployed("task \"t\" { drain = true, run = function(host) host:run(\"look\") end }"))
    let words = HostProgram.commands(toRestore: 0, in: drained, after: Failure(.failed, "no")).joined(separator: "\n")
    #expect(words.contains("give the host its traffic back") && !words.contains("start the application"), "\(words)")
    let restarted = try await tasks.plan("t", tasks.deployed("task \"t\" { restart = true }"))
    let others = HostProgram.commands(toRestore: 0, in: restarted, after: Failure(.failed, "no")).joined(separator: "\n")
    #expect(others.contains("start the application there"), "\(others)")
  }

  @Test("a required parameter of the recipe that no release has a value of is asked for before anything starts")
  func required() async throws {
    let body =
      "params = { need = param.string {} }, "
      + "tasks = { task \"t\" { run = function(host, d) host:run(\"say \" .. d.params.need) end } },"
    let bench = try Bench(Bench.text(body: body))
    let text = await refusal { _ = try await tasks.plan("t", bench) }
    #expect(text.contains("--need: this parameter has to be given (a string): nothing was deployed to these hosts"), "\(text)")
    let given = DeploymentRequest(parameters: [Value.Member("need", "x")])
    #expect(try await tasks.run("t", bench, given)?.status == .succeeded)
    #expect(try tasks.commands("h1", bench) == ["say x"])
  }

  @Test("a strategy that leaves hosts out of a task is told so in words of tasks")
  func strategy() async throws {
    let body = "tasks = { task \"t\" { run = function(host) host:run(\"look\") end, strategy = none {} } },"
    let text = Bench.text(body: body, more: "local none = strategy \"none\" (function(rollout) end)")
    let found = try await Bench(text).check().problems.map(\.message)
    #expect(found.contains { $0.contains("the strategy ended and 2 hosts are without it (h1, h2)") }, "\(found)")
    #expect(!found.contains { $0.contains("revision") })
  }

  @Test(
    "check warns of a task that drains or restarts with hooks that are not there",
    arguments: [
      ("drain = true, run = function(host) host:run(\"look\") end", "nothing is drained"), ("restart = true", "nothing is restarted"),
    ])
  func hooks(body: String, words: String) async throws {
    let bare = try await Bench(Bench.text(body: "tasks = { task \"t\" { \(body) } },")).check()
    #expect(bare.problems == [] && bare.warnings.contains { $0.message.contains(words) && $0.place != nil }, "\(bare)")
    let whole = try await tasks.deployed("task \"t\" { \(body) }").check()
    #expect(whole.warnings.isEmpty, "\(whole)")
  }

  @Test("nobody is promised that a task is taken back")
  func words() {
    let task = Plan.Kind.task(HostTask(name: "sweep", function: 1)).words
    #expect(task.named("d1", of: "web", "shop") == "task sweep d1 of web on shop")
    #expect(task.cancelling == "ends it" && !task.ending.contains("hosts back") && task.afterFailure.isEmpty)
    #expect(Plan.Kind.deploy.words.named("d1", of: "web", "shop") == "deployment d1 of web to shop")
    #expect(Plan.Kind.rollback(of: nil).words.named("d1") == "rollback d1")
    #expect(KindWords(task: "a\u{1B}[31m\nb").noun == "task a[31mb")
  }
}
