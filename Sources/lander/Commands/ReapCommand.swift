import ArgumentParser
import DeployDesk
import DeployModel
import DeployReport

/// Ends parked deployments that nobody answered in time.
struct ReapCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "reap", abstract: "Ends parked deployments that nobody answered in time.",
    discussion: """
      Asks the hosts which deployments are parked there. If the deadline of a deployment has passed, lander ends the deployment as failed, \
      and rolls back its traffic and its hosts. lander lists deployments that are still waiting, and does not change them. You can run the \
      command from cron and in any checkout, because the journal and the recipes come from the hosts. You can run it again at any time.

      Exits with 0 if every deployment past its deadline has ended. Exits with 11 or 12 if a person has to repair hosts. Exits with 20 if \
      a host is unreachable. Exits with 21 if lander's own files on a host are damaged or cannot be read. If another error prevents lander \
      from ending a deployment, the command exits with the code of this error.

      Examples:
        lander reap
        lander -C /srv/shop reap --json
      """)

  @OptionGroup var options: ProjectOptions
  @OptionGroup var form: ResultOptions
  @OptionGroup var bundle: AppSpecOption
  @Option(help: ArgumentHelp("Only this group.", valueName: "name"), completion: KnownNames.groups)
  var group: String?
  @Argument(help: ArgumentHelp("Only this recipe.", valueName: "recipe"), completion: KnownNames.recipes)
  var recipe: String?

  func perform(on terminal: Terminal) async throws -> DeployModel.ExitCode {
    let project = try await Wiring.lastingProject(options, bundle, tell: terminal.listener())
    var selections = try project.project.selections(recipe: recipe, group: group)
    // A group might have deployments even if no recipe refers to it.
    if group == nil, recipe == nil { selections += try project.project.groupSelections(nil) }
    let desk = try Wiring.desk(for: project, options, tell: terminal.listener())
    return try await desk.use { desk in
      let found = await desk.survey(selections)
      EarlyEnd.nowHolds("the next lander reap or lander resume finishes a deployment that was being ended")
      let result = try await desk.reap(found)
      let away = Surveyed.away(in: found)
      terminal.give(result.value(unreachable: away))
      terminal.say(result.lines(at: desk.now, unread: Surveyed.failures(in: found)))
      return result.code ?? DeployModel.ExitCode(of: found.flatMap(\.surveys))
    }
  }
}
