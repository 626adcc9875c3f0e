import ArgumentParser
import DeployDesk
import DeployModel
import DeployReport

/// Lists the commits and files that a deployment would bring.
struct DiffCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "diff", abstract: "Lists the commits and files that differ between the revision to deploy and what hosts run.",
    discussion: """
      Each host has a receipt that names the commit that the host runs. The command asks git for the changes from this commit to the \
      working copy, or to the revision of --to. The command changes nothing. It also builds nothing, so it lists source files and not the \
      results of a build. Exits with 20 if a host is unreachable, and with 21 if lander's own files on a host are damaged or cannot be \
      read.

      Examples:
        lander diff
        lander diff web --group production --to git:v1.5
      """)

  @OptionGroup var options: ProjectOptions
  @OptionGroup var form: ResultOptions
  @Argument(
    help: ArgumentHelp("The recipe, if the project has several.", valueName: "recipe"), completion: KnownNames.recipes)
  var recipe: String?
  @OptionGroup var choice: HostChoice
  @Option(
    name: .customLong("to"), help: ArgumentHelp("Compare with this revision instead of the recipe's own: git:REF.", valueName: "revision"))
  var aim: String?

  func perform(on terminal: Terminal) async throws -> DeployModel.ExitCode {
    let (project, desk, selection) = try await Wiring.open(options, onlyReads: true, tell: terminal.listener()) {
      try $0.selection(recipe: recipe, group: choice.group, only: try choice.names)
    }
    return try await desk.use { desk in
      let (commit, folder) = try await desk.commit(toDeploy: selection, aim, in: project)
      let found = await desk.survey(selection)
      let parts = await desk.differences(found, to: commit, in: folder).map { part in
        DiffReport.Part(
          hosts: part.hosts, release: part.release, commit: part.commit, changes: part.changes,
          files: part.files?.map { ($0.kind.rawValue, $0.path) })
      }
      let away = found.named.filter { $0.survey.isUnreachable }.map(\.host.name)
      let report = DiffReport("\(found.recipe) on \(GroupName(found.group).words)", to: commit, parts, away: away)
      terminal.show(report.lines(on: terminal.out), report.value)
      return DeployModel.ExitCode(of: found.surveys)
    }
  }
}
