import ArgumentParser
import DeployAppSpec
import DeployModel
import Foundation

/// `lander appspec check`: lists the errors in a bundle that has an appspec file, and warns about common surprises.
struct AppSpecCheckCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Checks a bundle with an appspec.yml: lists every error, and warns about common surprises.",
    discussion: """
      Exits with 2 if a deployment of the bundle would fail, and with 0 if there are only warnings or no problems.

      Example:
        lander appspec check dist
      """)

  @OptionGroup var form: ResultOptions
  @Argument(help: "The bundle: a folder, or a tar, tgz or zip file.")
  var bundle = "."
  @Option(help: "The appspec file's path in the bundle.")
  var appspecFilename: String?

  private struct Answer: Codable {
    var file: String
    var errors: Int
    var warnings: Int
    var findings: [Finding]
  }

  func run() async throws {
    let path = HostPath(expanding: bundle, from: FileManager.default.currentDirectoryPath)
    let (name, findings) = try await BundleCheck(bundle, at: path, appSpecFile: appspecFilename).findings()
    let errors = findings.count { $0.severity == .error }
    let answer = Answer(file: "\(bundle)/\(name)", errors: errors, warnings: findings.count - errors, findings: findings)
    let terminal = Terminal()
    try terminal.give(answer)
    terminal.say(
      findings.flatMap { Self.lines($0, of: name) } + ["\(answer.errors.of("error")), \(answer.warnings.of("warning")) in \(answer.file)"])
    if errors > 0 { throw ExitCode(2) }
  }

  private static func lines(_ finding: Finding, of name: String) -> [String] {
    let place = (finding.file ?? name) + (finding.line.map { ":\($0)" } ?? "")
    return ["\(place): \(finding.severity.rawValue): \(finding.message) [\(finding.rule)]"]
      + (finding.better.map { ["    better: \($0)"] } ?? [])
  }
}
