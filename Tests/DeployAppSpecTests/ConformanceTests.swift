import Foundation
import Testing

@Suite("Behaviour recorded from the CodeDeploy agent")
struct ConformanceTests {
  @Test("lander appspec run passes every recorded case", .timeLimit(.minutes(10)))
  func cases() throws {
    guard geteuid() == 0, let python = Self.find("python3") else {
      print("SKIPPED: the recorded CodeDeploy cases need root and python3")
      return
    }
    let tool = try #require(Self.tool, "the lander program is not beside the tests: build it first")
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let harness = folder.appendingPathComponent("Conformance/appspec/support/harness.py").path
    let process = Process()
    let pipe = Pipe()
    process.executableURL = URL(fileURLWithPath: python)
    process.arguments = [harness, "--tool", "\(tool) appspec run"]
    process.standardOutput = pipe
    process.standardError = pipe
    try process.run()
    let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0, "\(text)")
  }

  /// The path of the program that was built together with these tests; nil: it was not built.
  static var tool: String? {
    let folder = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
    return ["lander", "appspec-tool"].map { folder.appendingPathComponent($0).path }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
  }

  static func find(_ name: String) -> String? {
    (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map { "\($0)/\(name)" }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
  }
}
