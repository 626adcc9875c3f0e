import ArgumentParser

/// Exports figures from the journal for other programs.
struct ExportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Exports figures of past deployments for other programs.",
    subcommands: [ExportDora.self])
}
