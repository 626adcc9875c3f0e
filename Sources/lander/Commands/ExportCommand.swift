import ArgumentParser

/// What the journal knows, for programs that keep figures.
struct ExportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Gives figures of past deployments to programs that keep them.",
    subcommands: [ExportDora.self])
}
