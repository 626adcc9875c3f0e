import ArgumentParser

/// What the journal knows, for programs that keep figures.
struct ExportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Exports figures of past deployments for other programs.",
    subcommands: [ExportDora.self])
}
