import DeployCore
import DeployModel
import DeploySimulation
import Testing

@testable import DeployDesk

/// Parameters in rollbacks: each release gets the parameters that it was deployed with, also for the undo of its stages.
struct WayBackParametersTests {
  private static func text(_ later: String = "") -> String {
    Bench.text(
      body: """
        params = { mode = param.string { default = "standard" } },
        stages = {
          stage.upload,
          stage "migrate" {
            once = "revision", on = "host",
            run = function(host, deployment) host:run("up " .. deployment.params.mode) end,
            undo = function(host, deployment) host:run("down " .. deployment.params.mode) end,
          },
          stage.rollout,
          \(later)
        },
        on = {
          ApplicationStop = function(host, deployment) host:run("stop " .. deployment.params.mode) end,
          ApplicationStart = function(host, deployment) host:run("start " .. deployment.params.mode) end,
        },
        """)
  }

  private static let warm = """
    stage "warm" { once = "revision", on = "host", run = function(host) host:run "warm" end, undo = function(host) host:run "cool" end },
    """

  private func deployed(_ modes: String..., later: String = warm) async throws -> Bench {
    let bench = try Bench(Self.text(later))
    for (index, mode) in modes.enumerated() { try await deploy(bench, index + 1, mode: mode) }
    return bench
  }

  @discardableResult
  private func deploy(_ bench: Bench, _ version: Int, mode: String) async throws -> [Conclusion.Status?] {
    bench.files["app/version"] = "\(version)\n"
    let request = DeploymentRequest(parameters: [Value.Member("mode", .text(mode))])
    return try await bench.deploy(request).deployments.map(\.conclusion?.status)
  }

  private func rollBack(_ bench: Bench, only: [String] = []) async throws -> [Conclusion.Status?] {
    let selection = try bench.project.project.selection(recipe: nil, group: nil, only: only)
    let plan = try await bench.desk.planRollback(of: selection, in: bench.project, straighten: false)
    return try await bench.end(bench.desk.deploy(plan)).deployments.map(\.conclusion?.status)
  }

  /// Returns the commands that ran on a host during `act`, in order.
  /// - Parameter ending: the expected ends of the deployments.
  private func ran(
    on name: String, of bench: Bench, ending: [Conclusion.Status?] = [.succeeded], during act: () async throws -> [Conclusion.Status?]
  ) async throws -> [String] {
    let before = try bench.host(name).jobs.count
    let ended = try await act()
    #expect(ended == ending)
    return try bench.host(name).jobs.dropFirst(before).compactMap { job in
      if case .run(let command) = job.intent.operation { command.line } else { nil }
    }
  }

  private func fail(_ lines: String..., on name: String, of bench: Bench) {
    bench.transport.change(name) { host in
      host.commands = { typed, _ in
        var command = SimulatedCommand()
        command.status = lines.contains(typed) ? 1 : 0
        return command
      }
    }
  }

  @Test("a rollback stops with the parameters of the release that it leaves, undoes with them, and starts with those of the older one")
  func byHand() async throws {
    let bench = try await deployed("one", "two")
    let lines = try await ran(on: "h1", of: bench) { try await rollBack(bench) }
    #expect(lines == ["cool", "stop two", "start one", "down two"])
    #expect(try bench.host("h2").receipt?.inputs.parameters == .record(of: [("mode", .text("one"))]))
  }

  @Test("hosts that go back after a failure start with the parameters of then, although the recipe is the same")
  func afterFailure() async throws {
    let bench = try await deployed("one")
    fail("start two", on: "h2", of: bench)
    let lines = try await ran(on: "h1", of: bench, ending: [.failed, .succeeded]) { try await deploy(bench, 2, mode: "two") }
    #expect(lines == ["up two", "stop two", "start two", "stop two", "start one", "down two"])
  }

  @Test("a stage of an earlier deployment of the revision is undone too, also if hosts went back and came again since")
  func earlierDeployment() async throws {
    let bench = try await deployed("one")
    fail("start two", "start one", on: "h2", of: bench)
    #expect(try await deploy(bench, 2, mode: "two").first == .failed)
    fail(on: "h2", of: bench)
    let again = try await ran(on: "h1", of: bench) { try await deploy(bench, 2, mode: "two") }
    #expect(!again.contains("up two"), "it is done")
    let lines = try await ran(on: "h1", of: bench) { try await rollBack(bench) }
    #expect(lines == ["cool", "stop two", "start one", "down two"])
  }

  @Test("a stage that a rollback could not undo runs again with the next deployment, although every host has the release")
  func notUndone() async throws {
    let bench = try await deployed("one", "two")
    fail("cool", on: "h1", of: bench)
    let undo = try await ran(on: "h1", of: bench, ending: [.failed]) { try await rollBack(bench) }
    #expect(undo == ["cool"])
    let next = try await ran(on: "h1", of: bench) { try await deploy(bench, 2, mode: "two") }
    #expect(next == ["warm"])
    let last = try await ran(on: "h1", of: bench) { try await deploy(bench, 2, mode: "two") }
    #expect(last == [])
  }

  @Test(
    "of hosts that go back one by one the last undoes the stage, and the next deployment runs it, whatever the first one remembers",
    arguments: [["h2"], []])
  func oneByOne(_ last: [String]) async throws {
    let bench = try await deployed("one", "two", later: "")
    let first = try await ran(on: "h1", of: bench) { try await rollBack(bench, only: ["h1"]) }
    #expect(first == ["stop two", "start one"], "h2 needs what the stage did")
    let second = try await ran(on: "h2", of: bench) { try await rollBack(bench, only: last) }
    let here = try bench.host("h1").jobs.contains { job in
      if case .run(let command) = job.intent.operation { command.line == "down two" } else { false }
    }
    #expect(second.contains("down two") || here)
    let again = try await ran(on: "h1", of: bench) { try await deploy(bench, 2, mode: "two") }
    #expect(again.first == "up two")
  }

  @Test("a rollback says before it begins that a secret of the stage that it undoes cannot be had here")
  func secret() async throws {
    let text = Self.text().replacing(
      "host:run(\"up \" .. deployment.params.mode)", with: "host:run(\"up\", { env = { DB = secret \"DB\" } })")
    let first = try Bench(text)
    for version in 1...2 { _ = try await deploy(first, version, mode: "one") }
    let bench = try Bench(text, hosts: first.transport.hosts, after: first, secrets: BenchSecrets(lacks: ["DB"]))
    _ = try await rollBack(bench)
    let said = bench.events.compactMap { if case .remark(let text) = $0 { text } else { nil } }
    #expect(said.contains("nobody has the secret DB: if the undo of stage \"migrate\" needs it, it fails."), "\(said)")
  }
}
