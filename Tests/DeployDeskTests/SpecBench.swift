import DeployCore
import DeployLua
import DeployModel
import DeployReport
import PlanDrafts
import Testing

@testable import DeployDesk

/// Runs specs that are given as texts, beside a `deploy.lua` with the recipe `web` for three hosts.
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
      let main = SourceFile(path: "deploy.lua", text: library.main)
      return try StrategySpec(strategy, in: text).project(after: main) { library.files[$0] ?? Bench.shipped($0) }
    }
    func run(_ test: SpecTest, _ deploy: (Trial) throws(Problems) -> Value) -> Problem? {
      do throws(Problems) { return try SpecTask(test, of: file).run(deploy) } catch { return error.list.first }
    }
    func run(_ test: SpecTest, inLab perform: @Sendable (LabQuestion) async throws(Problems) -> Value) async -> Problem? {
      do throws(Problems) { return await (try SpecTask(test, of: file)).runInLab(perform) } catch { return error.list.first }
    }
  }

  static let identity = Planner.Identity(
    id: "spec", actor: "kim@desk", at: Timestamp(milliseconds: 0), engine: "1", token: "spec", seed: 0)

  /// Returns how the tests of a spec end.
  /// - Parameter files: the texts of files beside `deploy.lua`, by path.
  static func results(
    _ text: String, main: String = main, files: [String: String] = [:], filter: String? = nil, parallel: Int = 2
  ) async throws -> [SpecResult] {
    let stage = RehearsalStage(library: LuaShelf(), files: BenchFiles([:])) { identity }
    let run = SpecRun(library: Specs(main: main, files: files), stage: stage) { Int(ExitCode($0, rollback: $1).rawValue) }
    return try await run.results(of: [SourceFile(path: "spec/web_spec.lua", text: text)], filter: filter, parallel: parallel)
  }

  /// Returns why the first test of a spec fails, which runs in a lab; nil: it passes. Simulated hosts stand in for those of the lab, and
  /// every command of the test prints `said`.
  static func labProblem(_ text: String, main: String = main, files: [String: String] = [:], said: String = "") async throws -> Problem? {
    let stage = RehearsalStage(library: LuaShelf(), files: BenchFiles([:])) { identity }
    let spec = try Specs(main: main, files: files).spec(SourceFile(path: "spec/web_spec.lua", text: text))
    let test = try #require(spec.tests.first { $0.isLab })
    return await spec.run(test) { question throws(Problems) in
      switch question {
      case .deploy(let trial, _):
        return try TrialRun(trial, of: spec.project, on: stage).played { Int(ExitCode($0, rollback: $1).rawValue) }
      case .rollback(let recipe, _):
        return try TrialRun(Trial(recipe: recipe), of: spec.project, on: stage).played { Int(ExitCode($0, rollback: $1).rawValue) }
      case .run: return .record(of: [("status", .int(0)), ("stdout", .text(said)), ("stderr", .text(""))])
      }
    }
  }

  /// Whether a test of a shipped spec fails, or the spec cannot be read. Stops at the first test that fails.
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

  /// Expects that these statements pass as one test.
  static func pass(_ body: String, sourceLocation: SourceLocation = #_sourceLocation) async throws {
    let results = try await results("it(\"holds\", function(t)\n\(body)\nend)")
    #expect(results.map(\.problem) == [nil], sourceLocation: sourceLocation)
  }

  /// Expects that a test fails with exactly this text. The first line of the body is line 2.
  static func fail(_ body: String, _ expected: String, sourceLocation: SourceLocation = #_sourceLocation) async throws {
    let results = try await results("it(\"holds\", function(t)\n\(body)\nend)")
    let text = results.first?.problem?.lines().joined(separator: "\n")
    #expect(text == expected, sourceLocation: sourceLocation)
  }
}
