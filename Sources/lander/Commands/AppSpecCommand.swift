import ArgumentParser

/// `lander appspec`: runs and checks bundles with an appspec file.
struct AppSpecCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "appspec",
    abstract: "Runs and checks bundles with an appspec.yml, the format of AWS CodeDeploy.",
    subcommands: [AppSpecRunCommand.self, AppSpecCheckCommand.self])
}
