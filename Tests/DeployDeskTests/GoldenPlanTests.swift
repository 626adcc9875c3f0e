import DeployDesk
import DeployModel
import DeployReport
import Foundation
import Testing

/// Whole recipes as people write them, and the whole plan of each as `lander plan` prints it: `Tests/GoldenPlans/NAME.lua` and `NAME.txt`.
@Suite("Golden plans")
struct GoldenPlanTests {
  private static let folder = "Tests/GoldenPlans"
  static let names = ["blue-green", "canary", "one-at-a-time", "rolling", "stages", "static-site"]

  private static func text(_ name: String) throws -> String { try #require(Bench.shipped("\(folder)/\(name)")) }

  /// The plan with what depends on sources and times taken out.
  private static func plan(_ name: String) async throws -> String {
    let planned = try await Bench(try text("\(name).lua")).plan(connecting: false)
    let lines = planned.report.lines(on: Surface())
    let content = planned.plan.content
    var text = lines.map { $0 + "\n" }.joined()
    let changing: [(found: String?, word: String)] = [
      (content.release?.id, "RELEASEOFAPP"), (content.bundle?.digest.short, "DIGESTOFAPP_"), (content.inputs.sources.short, "SOURCESOFIT_"),
    ]
    for (found, word) in changing { if let found { text = text.replacing(found, with: word) } }
    return text
  }

  @Test("the plan of a recipe is the text beside it, to the letter", arguments: names)
  func golden(_ name: String) async throws {
    let plan = try await Self.plan(name)
    if let folder = ProcessInfo.processInfo.environment["LANDER_GOLDEN_PLANS"] {
      try plan.write(toFile: "\(folder)/\(name).txt", atomically: true, encoding: .utf8)
    }
    expectText(plan, try Self.text("\(name).txt"))
  }

  @Test("check finds nothing in these recipes", arguments: names)
  func checked(_ name: String) async throws {
    let found = try await Bench(try Self.text("\(name).lua")).check()
    #expect(found.problems.map(\.message) == [])
  }

  @Test("each recipe of the folder is tried")
  func all() async throws {
    let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let files = try FileManager.default.contentsOfDirectory(atPath: tests.appending(path: "GoldenPlans").path)
    #expect(files.filter { $0.hasSuffix(".lua") }.map { String($0.dropLast(4)) }.sorted() == Self.names)
  }
}
