import ArgumentParser
import DeployModel

/// Options that say how to deploy the bundle of `--appspec`. They stand for the settings that a recipe would have.
struct AppSpecChoices: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "With --appspec: the number or percentage of hosts in a batch. lander deploys to one batch after the other.", valueName: "n|n%"))
  var batch: String?

  @Option(
    help: ArgumentHelp("With --appspec: the appspec file's path in the bundle.", valueName: "path"))
  var appspecFilename: String?

  @Option(
    help: ArgumentHelp(
      "With --appspec: what to do if a file that was not deployed exists at a destination: DISALLOW, OVERWRITE or RETAIN.",
      valueName: "behavior"))
  var fileExistsBehavior: String?

  @Flag(help: "With --appspec: use sudo to install files and start scripts as root, like the CodeDeploy agent.")
  var sudo = false

  @Flag(help: "With --appspec: continue if a stop script of the previous revision fails.")
  var ignoreStopFailures = false

  @Flag(
    help: """
      With --appspec: a host fails if the path to a destination contains an unsafe link. A link is unsafe if users other than root and the \
      deploying user can replace it. Without this option, lander follows the link.
      """)
  var refuseForeignLinks = false

  @Flag(help: "With --appspec: do not roll back. A host that fails stays as it is. The CodeDeploy agent does not roll back either.")
  var noRestore = false

  /// The names of the options for `--appspec`, for near matches.
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

  /// The names of the given options, for a message.
  var given: [String] {
    [
      batch.map { _ in "--batch" }, appspecFilename.map { _ in "--appspec-filename" },
      fileExistsBehavior.map { _ in "--file-exists-behavior" }, sudo ? "--sudo" : nil,
      ignoreStopFailures ? "--ignore-stop-failures" : nil, refuseForeignLinks ? "--refuse-foreign-links" : nil,
      noRestore ? "--no-restore" : nil,
    ].compactMap { $0 }
  }
}
