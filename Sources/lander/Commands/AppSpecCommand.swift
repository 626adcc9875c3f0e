import ArgumentParser

/// `lander appspec …`
struct AppSpecCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "appspec",
    abstract: "Runs and checks bundles with an appspec.yml, the format of AWS CodeDeploy.",
    subcommands: [AppSpecRunCommand.self, AppSpecCheckCommand.self])
}
