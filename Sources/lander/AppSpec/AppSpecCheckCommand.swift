import ArgumentParser
import DeployAppSpec
import Foundation

/// `lander appspec check`: what is wrong with a bundle, and what will surprise.
struct AppSpecCheckCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Check a bundle with an appspec.yml: every error at once, and what surprises people.",
    discussion: "Exits with 2 when a deployment of the bundle would fail, and with 0 when there are warnings at most.")

  @Argument(help: "The bundle's folder.")
  var folder = "."
  @Option(help: "The appspec file's path in the bundle.")
  var appspecFilename: String?
  @Flag(help: "Print the findings as JSON.")
  var json = false

  private struct Answer: Codable {
    var file: String
    var errors: Int
    var warnings: Int
    var findings: [Finding]
  }

  func run() async throws {
    let root = HostPath(expanding: folder, from: FileManager.default.currentDirectoryPath)
    let names = appspecFilename.map { [$0] } ?? ["appspec.yml", "appspec.yaml"]
    guard let name = names.first(where: { FileManager.default.isReadableFile(atPath: root.appending($0).text) }) else {
      throw ValidationError("\(folder) has no \(names.joined(separator: " or ")); name another file with --appspec-filename")
    }
    let findings = try await review(root, name)
    let errors = findings.count { $0.severity == .error }
    let answer = Answer(file: "\(folder)/\(name)", errors: errors, warnings: findings.count - errors, findings: findings)
    if json {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      print(String(decoding: try encoder.encode(answer), as: UTF8.self))
    } else {
      for finding in findings { for line in Self.lines(finding, of: name) { print(line) } }
      print("\(answer.errors) errors, \(answer.warnings) warnings in \(answer.file)")
    }
    if errors > 0 { throw ExitCode(2) }
  }

  private func review(_ root: HostPath, _ name: String) async throws -> [Finding] {
    let data = try Data(contentsOf: URL(fileURLWithPath: root.appending(name).text))
    guard let text = String(validating: data, as: UTF8.self) else {
      return [Finding(.error, "appspec-yaml", "the file is not UTF-8", line: nil, better: "save it as UTF-8")]
    }
    do {
      let listing = try await LocalAppSpecHost { _ in }.run(BundleTree.listing(of: root))
      let tree = try BundleTree(root: root, listed: listing)
      var scripts: [String: BundleContents.Script] = [:]
      for script in AppSpecReading(of: text).spec.hooks.flatMap(\.scripts) {
        scripts[script.location] = Self.script(root.appending(String(script.location.drop { $0 == "/" })).text)
      }
      return BundleReview(BundleContents(appSpecFile: name, appSpecText: text, tree: tree, scripts: scripts)).findings
    } catch let problem as SpecProblem {
      return [Finding(.error, problem.category.rawValue, problem.message, line: problem.line, better: problem.fix)]
    }
  }

  private static func script(_ path: String) -> BundleContents.Script {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { return BundleContents.Script(kind: .missing) }
    guard !isFolder.boolValue else { return BundleContents.Script(kind: .folder) }
    let bytes = try? FileHandle(forReadingFrom: URL(fileURLWithPath: path)).read(upToCount: BundleReview.scriptLimit)
    return BundleContents.Script(
      kind: .file(isExecutable: FileManager.default.isExecutableFile(atPath: path)), text: String(decoding: bytes ?? Data(), as: UTF8.self))
  }

  private static func lines(_ finding: Finding, of name: String) -> [String] {
    let place = (finding.file ?? name) + (finding.line.map { ":\($0)" } ?? "")
    return ["\(place): \(finding.severity.rawValue): \(finding.message) [\(finding.rule)]"]
      + (finding.better.map { ["    better: \($0)"] } ?? [])
  }
}
