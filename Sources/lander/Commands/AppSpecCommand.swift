import ArgumentParser

/// `lander appspec …`
struct AppSpecCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "appspec",
    abstract: "Runs and checks bundles with an appspec.yml, as AWS CodeDeploy has them.",
    subcommands: [AppSpecRunCommand.self, AppSpecCheckCommand.self])
}
