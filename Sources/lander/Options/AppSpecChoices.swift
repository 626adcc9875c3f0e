import ArgumentParser
import DeployModel

/// How to deploy a bundle that was typed with `--appspec`: the settings that a recipe would have.
struct AppSpecChoices: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "With --appspec: hosts at once, as a number or a share of them; each batch waits for the one before.", valueName: "n|n%"))
  var batch: String?

  @Option(
    help: ArgumentHelp("With --appspec: the appspec file's path in the bundle.", valueName: "path"))
  var appspecFilename: String?

  @Option(
    help: ArgumentHelp(
      "With --appspec: what becomes of files at a destination that no deployment put there: DISALLOW, OVERWRITE or RETAIN.",
      valueName: "behavior"))
  var fileExistsBehavior: String?

  @Flag(help: "With --appspec: files are put in place and scripts started as root, by way of sudo, as the CodeDeploy agent does it.")
  var sudo = false

  @Flag(help: "With --appspec: failing stop scripts of the previous revision are skipped.")
  var ignoreStopFailures = false

  @Flag(
    help: """
      With --appspec: a link on the way to a destination that others than root and who deploys can exchange fails the host; it is \
      followed otherwise.
      """)
  var refuseForeignLinks = false

  @Flag(help: "With --appspec: a host that fails stays as it is, as under the CodeDeploy agent, and nothing goes back.")
  var noRestore = false

  /// The options of `--appspec`, for near matches.
  static let names = [
    "appspec", "hosts", "user", "application-name", "deployment-group-name", "batch", "appspec-filename", "file-exists-behavior", "sudo",
    "ignore-stop-failures", "refuse-foreign-links", "no-restore",
  ]

  func validate() throws {
    if let batch {
      let number = Int(batch.hasSuffix("%") ? String(batch.dropLast()) : batch) ?? 0
      guard number >= 1, !batch.hasSuffix("%") || number <= 100 else {
        throw ValidationError("--batch \(batch): it is a number of hosts such as 2, or a share such as 50%")
      }
    }
    if let behavior = fileExistsBehavior, AppSpecOptions.FileExists(rawValue: behavior.lowercased()) == nil {
      throw ValidationError("--file-exists-behavior \(behavior): it is one of DISALLOW, OVERWRITE, RETAIN")
    }
  }

  /// The options that were given, for a message; empty if none was.
  var given: [String] {
    [
      batch.map { _ in "--batch" }, appspecFilename.map { _ in "--appspec-filename" },
      fileExistsBehavior.map { _ in "--file-exists-behavior" }, sudo ? "--sudo" : nil,
      ignoreStopFailures ? "--ignore-stop-failures" : nil, refuseForeignLinks ? "--refuse-foreign-links" : nil,
      noRestore ? "--no-restore" : nil,
    ].compactMap { $0 }
  }
}
