import DeployCore
import DeployLua
import DeployModel
import DeployReport
import Testing

@testable import DeployDesk

/// Runs specs that tests write as text, beside a `deploy.lua` with the recipe `web` on three hosts.
struct SpecBench {
  static let main = """
    group "all" { hosts = { "web[1-3]" } }
    recipe "web" {
      path = "/srv/web", targets = group "all", revision = bundle { from = "dist" },
      params = { size = param.integer { default = 2, min = 1 } },
      stages = { stage.upload, stage "warm" { run = function() here:run "bin/warm" end }, stage.rollout { strategy = rolling {} } },
      on = {
        ApplicationStop = function(host) host:run "bin/stop" end,
        AfterInstall = function(host, deployment)
          host:write("port", host:read "/etc/port" .. deployment.params.size)
          log.info("said %s", host:run("bin/say").stdout)
        end,
        ValidateService = function(host) host:wait_for { port = 80, timeout = "30s" } end,
      },
    }
    """

  private struct Specs: SpecLibrary {
    var main: String
    var files: [String: String]
    func spec(_ file: SourceFile) throws(Problems) -> any ReadSpec { Spec(text: file, file: try read(file), library: self) }
    func read(_ file: SourceFile) throws(Problems) -> LuaProject {
      try LuaProject.load(main: SourceFile(path: "deploy.lua", text: main), spec: file, read: { files[$0] ?? Bench.shipped($0) })
    }
  }
  private struct Spec: ReadSpec {
    let text: SourceFile
    let file: LuaProject
    let library: Specs
    var project: Project { file.project }
    var tests: [SpecTest] { file.tests }
    func project(playing strategy: Trial.Strategy) throws(Problems) -> Project {
      let spec = StrategySpec(strategy, in: text)
      do { return try library.read(spec.file).project } catch { throw spec.told(error) }
    }
    func run(_ test: SpecTest, _ deploy: (Trial) throws(Problems) -> Value) -> Problem? {
      do throws(Problems) { return try SpecTask(test, of: file).run(deploy) } catch { return error.list.first }
    }
  }

  static let identity = Planner.Identity(
    id: "spec", actor: "kim@desk", at: Timestamp(milliseconds: 0), engine: "1", token: "spec", seed: 0)

  /// Returns the results of the tests in a spec.
  /// - Parameter files: files beside `deploy.lua`, by path.
  static func results(
    _ text: String, main: String = main, files: [String: String] = [:], filter: String? = nil, parallel: Int = 2
  ) async throws -> [SpecResult] {
    let stage = RehearsalStage(library: LuaShelf(), files: BenchFiles([:])) { identity }
    let run = SpecRun(library: Specs(main: main, files: files), stage: stage) { Int(ExitCode($0, rollback: $1).rawValue) }
    return try await run.results(of: [SourceFile(path: "spec/web_spec.lua", text: text)], filter: filter, parallel: parallel)
  }

  /// Returns whether a test of a shipped spec fails, or the spec has no test that can be read. Stops after the first failure.
  /// - Parameter files: texts that replace shipped files, by path.
  static func fails(_ spec: String, with files: [String: String]) -> Bool {
    let stage = RehearsalStage(library: LuaShelf(), files: BenchFiles([:])) { identity }
    do throws(Problems) {
      let read = try Specs(main: "-- nothing of its own", files: files).spec(SourceFile(path: spec, text: Bench.shipped(spec) ?? ""))
      for test in read.tests {
        let problem = read.run(test) { trial throws(Problems) in
          try TrialRun(trial, of: read.project, on: stage).played { Int(ExitCode($0, rollback: $1).rawValue) }
        }
        if problem != nil { return true }
      }
      return read.tests.isEmpty
    } catch { return true }
  }

  /// Expects that a test with this body passes.
  static func pass(_ body: String, sourceLocation: SourceLocation = #_sourceLocation) async throws {
    let results = try await results("it(\"holds\", function(t)\n\(body)\nend)")
    #expect(results.map(\.problem) == [nil], sourceLocation: sourceLocation)
  }

  /// Expects that a test fails with exactly this text. The body begins on line 2.
  static func fail(_ body: String, _ expected: String, sourceLocation: SourceLocation = #_sourceLocation) async throws {
    let results = try await results("it(\"holds\", function(t)\n\(body)\nend)")
    let text = results.first?.problem?.lines().joined(separator: "\n")
    #expect(text == expected, sourceLocation: sourceLocation)
  }
}
