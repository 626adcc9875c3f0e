import ArgumentParser
import DeployModel

/// Options that say how to deploy the bundle of `--appspec`. They stand for the settings that a recipe would have.
struct AppSpecChoices: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "With --appspec: the number or share of hosts in a batch. Batches change one after the other.", valueName: "n|n%"))
  var batch: String?

  @Option(
    help: ArgumentHelp("With --appspec: the appspec file's path in the bundle.", valueName: "path"))
  var appspecFilename: String?

  @Option(
    help: ArgumentHelp(
      "With --appspec: what to do with a file that exists at a destination and was not deployed: DISALLOW, OVERWRITE or RETAIN.",
      valueName: "behavior"))
  var fileExistsBehavior: String?

  @Flag(help: "With --appspec: install files and start scripts as root, with sudo, as the CodeDeploy agent does.")
  var sudo = false

  @Flag(help: "With --appspec: continue if a stop script of the previous revision fails.")
  var ignoreStopFailures = false

  @Flag(
    help: """
      With --appspec: a host fails if the path of a destination leads through a link that users other than root and the deploying user can \
      replace. Without this option, lander follows the link.
      """)
  var refuseForeignLinks = false

  @Flag(help: "With --appspec: roll nothing back; a host that fails stays as it is, as under the CodeDeploy agent.")
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
