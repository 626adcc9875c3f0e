import ArgumentParser
import DeployDesk
import DeployModel
import DeployReport

/// Probes the hosts of a group and prints what it found.
struct HostsCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "hosts",
    abstract:
      "Checks hosts and prints their shell, tools, free space, clock, user and release.",
    discussion: """
      Changes nothing on the hosts. Exits with 20 if a host is unreachable. Exits with 21 if lander's own files on a host are damaged or \
      cannot be read. Also exits with 21 if lander can read a host but not change it.

      Examples:
        lander hosts
        lander hosts production
      """)

  @OptionGroup var options: ProjectOptions
  @OptionGroup var form: ResultOptions
  @OptionGroup var bundle: AppSpecOption
  @Argument(help: ArgumentHelp("The group. Default: all groups.", valueName: "group"), completion: KnownNames.groups)
  var group: String?
  @OptionGroup var tags: WhereOption

  func perform(on terminal: Terminal) async throws -> DeployModel.ExitCode {
    let project = try await Wiring.lastingProject(options, bundle, tell: terminal.listener())
    let desk = try Wiring.desk(for: project, options, onlyReads: true, tell: terminal.listener())
    let selections = try project.project.groupSelections(group, only: try tags.words)
    return try await desk.use { desk in
      let found = Surveyed.places(of: await desk.survey(selections))
      let report = HostsReport(found)
      terminal.show(report.lines(on: terminal.out), report.value)
      return DeployModel.ExitCode(of: found.map(\.survey), changing: true)
    }
  }
}
