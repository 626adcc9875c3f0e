import DeployCore
import DeployModel
import DeployReport
import DeploySimulation
import Testing

@testable import DeployDesk

/// Tests named tasks from the request to the end, with simulated hosts.
struct TaskTests {
  private static let hooks =
    "on = { BlockTraffic = function(host) host:run \"leave\" end, ApplicationStop = function(host) host:run \"stop\" end, "
    + "ApplicationStart = function(host) host:run \"start\" end, ValidateService = function(host) host:run \"good\" end, "
    + "AllowTraffic = function(host) host:run \"join\" end },"

  /// Returns hosts with a release, and the project with these tasks.
  func deployed(
    _ tasks: String, params: String = "", _ request: DeploymentRequest = DeploymentRequest(), failing: String = "boom"
  ) async throws -> Bench {
    let text = Bench.text(body: "\(Self.hooks) params = { \(params) }, tasks = { \(tasks) },")
    let first = try Bench(text)
    #expect(try await first.deploy(request).deployments.map(\.conclusion?.status) == [.succeeded])
    return try Bench(text, hosts: first.transport.hosts.map { booming($0, at: failing) }, after: first)
  }

  /// Returns a host on which this command fails.
  func booming(_ host: SimulatedHost, at boom: String = "boom") -> SimulatedHost {
    var host = host
    host.commands = { line, _ in
      var command = SimulatedCommand()
      command.status = line == boom ? 1 : 0
      return command
    }
    return host
  }

  private func runnable(_ task: String, _ bench: Bench) throws -> LoadedProject {
    var project = bench.project
    project.project = try project.project.running(task, of: nil) { NearMatch.hint($0, among: $1) }
    return project
  }

  func plan(_ task: String, _ bench: Bench, _ request: DeploymentRequest = DeploymentRequest()) async throws -> Plan {
    try await bench.desk.plan(Asked(request), of: try runnable(task, bench)).plan
  }

  func run(_ task: String, _ bench: Bench, _ request: DeploymentRequest = DeploymentRequest()) async throws -> Conclusion? {
    let end = try await bench.end(bench.desk.deploy(try await plan(task, bench, request)))
    #expect(end.deployments.count == 1, "nothing follows a task")
    return end.deployments.first?.conclusion
  }

  /// Returns the commands that ran on a host since its deployment.
  func commands(_ host: String, _ bench: Bench) throws -> [String] {
    let now = try bench.host(host)
    return now.jobs.compactMap { job -> String? in
      if case .run(let command) = job.intent.operation, job.deployment != now.receipt?.deployment { command.line } else { nil }
    }
  }

  @Test(
    "a task runs between the hooks that its host needs, and the release and its receipt stay",
    arguments: [
      ("run = function(host) host:run(\"look\") end", ["look"]),
      ("drain = true, run = function(host) host:run(\"look\") end", ["leave", "look", "good", "join"]),
      ("restart = true", ["leave", "stop", "start", "good", "join"]),
      ("restart = true, run = function(host) host:run(\"look\") end", ["leave", "stop", "look", "start", "good", "join"]),
    ])
  func around(body: String, expected: [String]) async throws {
    let bench = try await deployed("task \"t\" { \(body) }")
    let before = bench.transport.hosts
    #expect(try await run("t", bench)?.status == .succeeded)
    for host in before {
      #expect(try commands(host.name, bench) == expected)
      let now = try bench.host(host.name)
      #expect(now.current == host.current && now.receipt == host.receipt && now.releases == host.releases && now.lock == nil)
    }
  }

  @Test("what happens once comes first, and no host has a part if there is nothing more")
  func once() async throws {
    let bench = try await deployed("task \"t\" { once = function(deployment) deployment.targets:first():run(deployment.task) end }")
    #expect(try await run("t", bench)?.status == .succeeded)
    #expect(try commands("h1", bench) == ["t"])
    #expect(try commands("h2", bench) == [])
  }

  @Test("a host on which it fails gets back what it gave up, if it is good, and no other host begins")
  func failing() async throws {
    let bench = try await deployed("task \"t\" { restart = true, run = function(host) host:run(\"boom\") end }")
    let conclusion = try #require(try await run("t", bench))
    #expect(conclusion.status == .failed && conclusion.rollback == [])
    #expect(try commands("h1", bench) == ["leave", "stop", "boom", "start", "good", "join"])
    #expect(try commands("h2", bench) == [])
    guard case .restored = conclusion.hosts[0] else { throw Failure(.failed, "\(conclusion.hosts)") }
    #expect(conclusion.hosts[1] == .pending)
    // The effect of the command that ran before the failure stays.
    #expect(conclusion.ran == true && ExitCode(conclusion) == .held)
    #expect(try bench.host("h1").receipt?.release.id == (try bench.host("h1").current))
  }

  @Test("a host that gave nothing up stays as it is where the task failed")
  func left() async throws {
    let bench = try await deployed("task \"t\" { run = function(host) host:run(\"look\") host:run(\"boom\") end }")
    let conclusion = try #require(try await run("t", bench))
    guard case .failed = conclusion.hosts[0] else { throw Failure(.failed, "\(conclusion.hosts)") }
    #expect(try commands("h1", bench) == ["look", "boom"])
    #expect(ExitCode(conclusion) == .held)
    #expect(try bench.host("h1").lock == nil)
    // The next deployment finds healthy hosts.
    #expect(try await bench.plan().plan.hosts.allSatisfy(\.isHealthy))
  }

  @Test("parameters are the task's own, and the recipe's as they were deployed")
  func parameters() async throws {
    let task =
      "task \"t\" { params = { how = param.string { default = \"soft\" } }, "
      + "run = function(host, d) host:run(d.params.how .. d.params.size .. d.params.where) end }"
    let bench = try await deployed(
      task, params: "size = param.integer { default = 1 }, where = param.string {}",
      DeploymentRequest(parameters: [Value.Member("where", "eu"), Value.Member("size", "3")]))
    _ = try await run("t", bench, DeploymentRequest(only: ["h1"]))
    #expect(try commands("h1", bench) == ["soft3eu"])
    _ = try await run("t", bench, DeploymentRequest(only: ["h2"], parameters: [Value.Member("size", "1")]))
    #expect(try commands("h2", bench) == ["soft1eu"])
    _ = try await bench.end(
      bench.desk.deploy(bench.plan(DeploymentRequest(only: ["h2"], parameters: [Value.Member("where", "us")])).plan))
    let both = await refusal { _ = try await plan("t", bench, DeploymentRequest(parameters: [Value.Member("size", "3")])) }
    #expect(both.contains("--where: hosts run with different values of it: h1 was deployed with another one"), "\(both)")
    let text = await refusal { _ = try await plan("t", bench, DeploymentRequest(parameters: [Value.Member("hw", "x")])) }
    #expect(text.contains("unknown parameter") && text.contains("did you mean --how?"), "\(text)")
    // The parameters that the refusal names can be given.
    _ = try await run("t", bench, DeploymentRequest(parameters: [Value.Member("where", "de"), Value.Member("size", "2")]))
    #expect(try commands("h1", bench).last == "soft2de" && commands("h2", bench).last == "soft2de")
  }

  @Test("hosts on which nothing runs are not restarted, and take part in what only runs commands")
  func bare() async throws {
    let body = "tasks = { task \"t\" { restart = true }, task \"u\" { run = function(host) host:run(\"look\") end } },"
    let bench = try Bench(Bench.text(body: body))
    let text = await refusal { _ = try await plan("t", bench) }
    #expect(text.contains("h1: nothing that lander deployed runs there, so there is nothing to restart"), "\(text)")
    #expect(try await run("u", bench)?.status == .succeeded)
    #expect(try commands("h2", bench) == ["look"])
  }

  @Test("a task that is not there is answered with the one that was meant")
  func missing() async throws {
    let bench = try Bench(Bench.text(body: "tasks = { task \"restart\" { restart = true } },"))
    let text = await refusal { _ = try runnable("restrat", bench) }
    #expect(text.contains("deploy.lua has no task \"restrat\"") && text.contains("did you mean \"restart\"?"), "\(text)")
  }

  @Test("check plays tasks, and names the line of a mistake")
  func checked() async throws {
    let bench = try Bench(Bench.text(body: "tasks = { task \"t\" { run = function(host) host:rum(\"look\") end } },"))
    let found = try await bench.check().problems
    #expect(found.contains { $0.message.contains("a host has no rum") && $0.place?.line == 8 }, "\(found)")
  }

  @Test("a cancelled engine's task is resumed, and no command of it runs twice")
  func resumed() async throws {
    let bench = try await deployed("task \"t\" { restart = true }")
    let plan = try await plan("t", bench)
    let left = try await bench.leave(bench.desk.deploy(plan)) { journal in
      let entries = await journal.entries(of: plan.id).entries
      return entries.contains { if case .intended(let intent) = $0.fact { intent.site.event == .applicationStop } else { false } }
    }
    #expect(left.deployments.first?.conclusion == nil)
    let pair = try await bench.desk.past.pair(of: plan.id)
    guard case .running(let running) = try await bench.desk.resume(pair) else { throw Failure(.failed, "it has ended") }
    #expect(try await bench.end(running).deployments.map(\.conclusion?.status) == [.succeeded])
    for host in ["h1", "h2"] {
      #expect(try commands(host, bench) == ["leave", "stop", "start", "good", "join"])
      #expect(try bench.host(host).jobs.allSatisfy { $0.runs == 1 })
    }
  }

  @Test("a spec plays a task, with its parameters and its failures")
  func spec() async throws {
    let main = """
      recipe "web" {
        path = "/srv/web", targets = { "web[1-3]" }, revision = bundle { from = "dist" },
        tasks = { task "look" {
          restart = true, params = { word = param.string {} }, run = function(host, d) host:run { "say", d.params.word } end,
        } },
        on = { ApplicationStop = function(host) host:run "stop" end },
      }
      """
    let text = """
      it("runs a task", function(t)
        local run = t:deploy("web", { task = "look", params = { word = "hello" } })
        t:expect(run.status):equals "succeeded"
        t:expect(run.commands[1]):equals { command = "stop", host = "web1", event = "ApplicationStop" }
        t:expect(run.commands[2].command):contains "hello"
        local bad = t:deploy("web", {
          task = "look", params = { word = "x" }, answers = { { command = "say", host = "web2", status = 1 } } })
        t:expect(bad.exit):equals(12)
        t:expect(bad.back):equals(nil)
      end)
      """
    let results = try await SpecBench.results(text, main: main)
    #expect(results.count == 1 && results.allSatisfy { $0.problem == nil }, "\(results)")
  }
}
