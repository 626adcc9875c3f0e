import ArgumentParser
import DeployAppSpec
import Foundation

/// `lander appspec run`: deploys a bundle to this machine once.
struct AppSpecRunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Deploys a bundle with an appspec.yml to this machine, as the CodeDeploy agent would.",
    discussion: """
      Use this command to try a bundle on a laptop or in a container, without hosts and without a deploy.lua. The whole lifecycle runs on \
      this machine, as your own user. The files go where the appspec file says, and scripts get the agent's variables. First, lander \
      removes the files of the previous run with the same --group. Only one run at a time can use the same --root. With --restore, lander \
      puts back the files that a failed deployment replaced or removed. Ctrl-C, SIGTERM and a closed terminal end the running script, and \
      then the deployment fails. The script gets TERM first, then KILL after 10 seconds or at a second signal.

      Exit codes: 0 done · 4 another run uses the --root · 10 failed · 129 closed terminal · 130 Ctrl-C · 143 SIGTERM.

      Example:
        lander appspec run --bundle dist
      """)
  @Option(help: "The bundle: a folder, or an archive.")
  var bundle: String
  @Option(help: "What the bundle is: directory, tar, tgz or zip.")
  var type = "directory"
  @Option(help: "The deployment group's id. Each group has its own state.")
  var group = "default-local-deployment-group"
  @Option(help: "The folder that keeps revisions and state.")
  var root = ".lander/deployment-root"
  @Option(help: "The number of revisions to keep, including the new one.")
  var maxRevisions = 5
  @Flag(help: "Print one JSON object and nothing else on standard output, even after an error.")
  var json = false
  @Option(help: "Write a JSON report of the run to this file.")
  var result: String?
  @Option(help: "What to do if a file already exists: DISALLOW, OVERWRITE or RETAIN.")
  var fileExistsBehavior = "DISALLOW"
  @Option(help: "The appspec file's path in the bundle.")
  var appspecFilename = AppSpecRequest.standardFile
  @Option(help: "Only run these events, separated by commas. DownloadBundle and Install always run first.")
  var events: String?
  @Option(help: "The value of APPLICATION_NAME for scripts. Default: the bundle's path.")
  var applicationName: String?
  @Option(help: "The value of DEPLOYMENT_GROUP_NAME for scripts.")
  var deploymentGroupName = "LocalFleet"
  @Flag(help: "If the deployment fails, put back the files that it replaced or removed.")
  var restore = false
  @Flag(help: "Continue if a script of the previous revision fails in ApplicationStop or the BlockTraffic events.")
  var ignoreStopFailures = false
  @Flag(help: "If the path to a destination contains a link that other users can replace, fail before any file changes.")
  var refuseForeignLinks = false

  func validate() throws {
    guard AppSpecRequest.BundleType(rawValue: type) != nil else {
      throw ValidationError("--type \(type): it is one of directory, tar, tgz, zip")
    }
    guard maxRevisions >= 1 else { throw ValidationError("--max-revisions \(maxRevisions): it is 1 at least") }
    guard !group.isEmpty, !group.utf8.contains(UInt8(ascii: "/")), group != ".", group != ".." else {
      throw ValidationError("--group \(group): it is a name, no path")
    }
  }

  func run() async throws {
    let here = FileManager.default.currentDirectoryPath
    let request = AppSpecRequest(
      id: Identity.localDeployment(), bundle: HostPath(expanding: bundle, from: here),
      type: AppSpecRequest.BundleType(rawValue: type) ?? .directory,
      maxRevisions: maxRevisions, fileExistsBehavior: fileExistsBehavior, appSpecFile: appspecFilename,
      events: events.map { $0.split(separator: ",").map(String.init) }, application: applicationName ?? bundle,
      groupName: deploymentGroupName, restore: restore, ignoresStopFailures: ignoreStopFailures,
      refusesForeignLinks: refuseForeignLinks)
    try AppSpecFile.refuseStrangers(in: request)
    let resultFile = try result.map { try ResultFile(at: HostPath(expanding: $0, from: here).text) }
    Stop.listen(to: Signals.ending.filter { !Signals.isIgnored($0) || $0 != SIGHUP })
    let terminal = Terminal()
    let engineRoot = EngineRoot(path: HostPath(expanding: root, from: here), group: group)
    let lock = try AppSpecRootLock(engineRoot)
    defer { withExtendedLifetime(lock) {} }
    var deployment = AppSpecDeployment(request, root: engineRoot, on: LocalAppSpecHost { terminal.say($0) })
    let report = await deployment.run()
    try terminal.give(report)
    terminal.say(report.lines)
    if let resultFile {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
      try resultFile.write(try encoder.encode(report))
    }
    if report.error != nil { throw ExitCode(Stop.signal.map { 128 + $0 } ?? 10) }
  }
}
