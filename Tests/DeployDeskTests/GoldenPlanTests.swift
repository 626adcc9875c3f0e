import DeployDesk
import DeployModel
import DeployReport
import DeploySimulation
import Foundation
import Testing

/// Tests complete recipes as people write them, with their plans as `lander plan` prints them: `Tests/GoldenPlans/NAME.lua` and `NAME.txt`.
@Suite("Golden plans")
struct GoldenPlanTests {
  private static let folder = "Tests/GoldenPlans"
  static let names = ["appspec", "blue-green", "canary", "one-at-a-time", "plugin", "rolling", "stages", "static-site"]
  /// Recipes whose first task is planned, for hosts that run the release.
  static let tasks = ["task"]

  private static func text(_ name: String) throws -> String { try #require(Bench.shipped("\(folder)/\(name)")) }

  /// Returns the plan without the parts that depend on sources and times.
  private static func plan(_ name: String) async throws -> String {
    let planned = try await tasks.contains(name) ? task(name) : Bench(try text("\(name).lua")).plan(connecting: false)
    let lines = planned.report.lines(on: Surface())
    let content = planned.plan.content
    var text = lines.map { $0 + "\n" }.joined()
    let changing: [(found: String?, word: String)] = [
      (content.release?.id.rawValue, "RELEASEOFAPP"), (content.bundle?.digest.short, "DIGESTOFAPP_"),
      (content.inputs.sources.short, "SOURCESOFIT_"),
    ]
    for (found, word) in changing { if let found { text = text.replacing(found, with: word) } }
    return text
  }

  private static func task(_ name: String) async throws -> PlannedDeployment {
    let first = try Bench(try text("\(name).lua"))
    #expect(try await first.deploy().deployments.map(\.conclusion?.status) == [.succeeded])
    let bench = try Bench(try text("\(name).lua"), hosts: first.transport.hosts, after: first)
    var project = bench.project
    let task = try #require(project.project.recipes[0].tasks.first)
    project.project = try project.project.running(task.name, of: nil) { _, _ in nil }
    return try await bench.desk.plan(Asked(DeploymentRequest()), of: project)
  }

  @Test("the plan of a recipe is the text beside it, to the letter", arguments: names + tasks)
  func golden(_ name: String) async throws {
    let plan = try await Self.plan(name)
    if let folder = ProcessInfo.processInfo.environment["LANDER_GOLDEN_PLANS"] {
      try plan.write(toFile: "\(folder)/\(name).txt", atomically: true, encoding: .utf8)
    }
    expectText(plan, try Self.text("\(name).txt"))
  }

  @Test("check finds nothing in these recipes", arguments: names + tasks)
  func checked(_ name: String) async throws {
    let found = try await Bench(try Self.text("\(name).lua")).check()
    #expect(found.problems.map(\.message) == [])
  }

  @Test("each recipe of the folder is tried")
  func all() async throws {
    let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let files = try FileManager.default.contentsOfDirectory(atPath: tests.appending(path: "GoldenPlans").path)
    #expect(files.filter { $0.hasSuffix(".lua") }.map { String($0.dropLast(4)) }.sorted() == (Self.names + Self.tasks).sorted())
  }
}
