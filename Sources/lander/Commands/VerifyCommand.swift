import ArgumentParser
import DeployDesk
import DeployModel
import DeployReport

/// Compares the releases that hosts run with the files that were delivered.
struct VerifyCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Compares the current release of every host with its manifest, and names what differs.",
    discussion: """
      The hosts hash every file themselves. The command takes no lock and writes nothing on the hosts. If a hook edits a file in place, \
      the file counts as different. The command also names files that hooks, the application or a person added, but these files do not \
      count as differences. Exits with 3 if something differs. If nothing differs, the exit code can still be 20 or 21. It is 20 if a host \
      is unreachable, and 21 if lander's own files on a host are damaged or cannot be read.

      Example:
        lander verify web --group production
      """)

  @OptionGroup var options: ProjectOptions
  @OptionGroup var form: ResultOptions
  @OptionGroup var bundle: AppSpecOption
  @Argument(help: ArgumentHelp("Only this recipe.", valueName: "recipe"), completion: KnownNames.recipes)
  var recipe: String?
  @OptionGroup var choice: HostChoice

  func perform(on terminal: Terminal) async throws -> DeployModel.ExitCode {
    let (_, desk, selections) = try await Wiring.open(options, bundle, onlyReads: true, tell: terminal.listener()) {
      try $0.selections(recipe: recipe, group: choice.group, only: try choice.names)
    }
    return try await desk.use { desk in
      var groups: [VerifiedGroup] = []
      for selection in selections {
        let group = await desk.verify(selection)
        terminal.say((groups.isEmpty ? [] : [""]) + VerifyReport(group).lines(on: terminal.out))
        for (host, survey) in zip(group.hosts, group.surveys) { terminal.tell(survey.damage(of: host.name)?.lines(on: terminal.err) ?? []) }
        groups.append(group)
      }
      terminal.give(.list(groups.map { VerifyReport($0).value }))
      if !groups.allSatisfy(\.isWhole) { return .refused }
      return DeployModel.ExitCode(of: groups.flatMap(\.surveys))
    }
  }
}
