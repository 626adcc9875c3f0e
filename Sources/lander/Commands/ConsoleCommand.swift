import ArgumentParser
import DeployDesk
import DeployModel
import DeployReport

/// Opens a shell on a host, in the current release.
struct ConsoleCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "console", abstract: "Opens a shell on a host, in the folder of the host's current release.",
    discussion: """
      The command uses the same ssh settings as a deployment. It takes no lock and writes no journal. If nothing is deployed on the host, \
      the shell starts in the application's folder. Commands that you type in the shell can break the release. Afterwards, lander verify \
      shows which files differ. --print only prints the command that opens the shell.

      Examples:
        lander console web1
        lander console web1 --print
      """)

  @OptionGroup var options: ProjectOptions
  @OptionGroup var form: ResultOptions
  @Argument(help: ArgumentHelp("The host.", valueName: "host"), completion: KnownNames.hosts)
  var host: String
  @Option(help: ArgumentHelp("The recipe, if several recipes have the host.", valueName: "recipe"), completion: KnownNames.recipes)
  var recipe: String?
  @OptionGroup var chosen: GroupOption
  @Flag(help: "Only print the command that opens the shell.")
  var print = false

  func perform(on terminal: Terminal) async throws -> DeployModel.ExitCode {
    let project = try await Wiring.lastingProject(options, tell: terminal.listener()).project
    let words = try ConsoleWords(host, recipe: recipe, group: chosen.group, in: project)
    if print || form.json {
      terminal.show(
        [words.typed],
        JSON.record([("host", .text(words.host)), ("folder", .text(words.folder)), ("argv", .list(words.argv.map { .text($0) }))]))
      return .done
    }
    try words.take()
  }
}
