import ArgumentParser
import DeployDesk
import DeployModel

/// Brings a revision to the hosts.
struct DeployCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "deploy",
    abstract: "Brings a revision to the hosts of a group; goes back by itself where that fails.",
    discussion: """
      Ctrl-C ends it in good order: nothing new is started, hosts that were being changed are restored, the lock is given back. A \
      second Ctrl-C leaves it as it is and prints how to resume. A rollback that is under way goes on at the first Ctrl-C, and says \
      what is left. SIGTERM is a Ctrl-C; within 30 seconds of a Ctrl-C it is the same request, because CI runners send both when a job \
      is cancelled. A terminal that is closed is a SIGTERM, and nothing under nohup. What is not back 9 seconds \
      after the first one is named, with the command that finishes it. Before it has begun, \
      while the bundle is built or hosts are asked, one of them ends what runs here and exits with 130, or 143 for SIGTERM. Nothing is \
      sent to a host that has this bundle, recipe and parameters already, and whose secrets have the same values as far as they can be \
      compared, unless --force is given. Deployments that wait in line (--on-busy) get the hosts in the order in which they came: the \
      line is on the first host by name, so it holds for all that have the same first one, and a rollback or a deployment of other \
      hosts of the group may come in between. Ctrl-C while it waits ends the command with 130, and nothing was changed.
      """)

  @OptionGroup var options: ProjectOptions
  @OptionGroup var form: ResultOptions
  @OptionGroup var progress: ProgressOptions
  @OptionGroup var request: RequestOptions
  @Option(
    help: ArgumentHelp(
      "Deploy the very bundle that all hosts of this group run, with the parameters that it was deployed with there.", valueName: "name"),
    completion: KnownNames.groups)
  var fromGroup: String?
  @OptionGroup var queue: QueueOptions
  @OptionGroup var bundle: AppSpecOption
  @OptionGroup var choices: AppSpecChoices

  func perform(on terminal: Terminal) async throws -> DeployModel.ExitCode {
    let project = try bundle.project(choices) ?? Wiring.project(options)
    let desk = try Wiring.desk(for: project, options, tell: terminal.listener())
    return try await desk.use { desk in
      var asked = queue.completing(try request.asked(of: project.project))
      if let fromGroup { asked = try await desk.adopting(fromGroup, asked, of: project) }
      let planned = try await desk.planInTurn(asked, of: project, queue.busy, urgent: queue.urgency)
      return try await Launch(desk: desk, terminal: terminal, progress: progress, folder: project.folder, typed: project.typed).deploy(
        planned.plan)
    }
  }
}
