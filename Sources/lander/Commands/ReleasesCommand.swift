import ArgumentParser
import DeployDesk
import DeployModel
import DeployReport

/// Lists the releases that hosts keep, and says to which of these releases hosts can be rolled back.
struct ReleasesCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "releases",
    abstract: "Lists the releases that hosts keep, and says which of them a rollback can restore.",
    discussion: """
      Asks the hosts themselves, so the command works in a fresh checkout. Changes nothing on the hosts. lander rollback --to can go to \
      any good release. A release is bad if its deployment did not succeed or was rolled back. Exits with 20 if a host is unreachable, and \
      with 21 if lander's own files on a host are damaged or cannot be read.

      Example:
        lander releases web --group production
      """)

  @OptionGroup var options: ProjectOptions
  @OptionGroup var form: ResultOptions
  @OptionGroup var bundle: AppSpecOption
  @Argument(help: ArgumentHelp("Only these hosts. In a name, * stands for any characters.", valueName: "host"))
  var hosts: [String] = []
  @Option(help: ArgumentHelp("Only this recipe.", valueName: "name"))
  var recipe: String?
  @OptionGroup var chosen: GroupOption

  @Option(
    help: ArgumentHelp(
      "A copy of a recipe that a host keeps. The copy supplies files and variables that this machine lacks.", valueName: "file"),
    completion: .file())
  var reads: String?

  func perform(on terminal: Terminal) async throws -> DeployModel.ExitCode {
    let (_, desk, selections) = try await Wiring.open(
      options, bundle, reads: reads, onlyReads: true, tell: terminal.listener()
    ) { project in
      try HostChoice.named(by: nil) { try project.selections(recipe: recipe, group: chosen.group, only: try HostChoice.names(hosts)) }
    }
    return try await desk.use { desk in
      var surveys: [Survey] = []
      var values: [Value] = []
      for (index, found) in await desk.surveyKept(selections).enumerated() {
        surveys += found.surveys
        for (host, survey) in found.named { terminal.tell(survey.damage(of: host.name)?.lines(on: terminal.err) ?? []) }
        let report = ReleasesReport("\(found.recipe) on \(GroupName(found.group).words)", hosts: found.named, now: desk.now)
        values.append(JSON.record([("recipe", .text(found.recipe)), ("group", .text(found.group)), ("releases", report.value)]))
        terminal.say((index == 0 ? [] : [""]) + report.lines(on: terminal.out))
      }
      terminal.give(.list(values))
      return DeployModel.ExitCode(of: surveys)
    }
  }
}
