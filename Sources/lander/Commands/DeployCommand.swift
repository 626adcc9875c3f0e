import ArgumentParser
import DeployDesk
import DeployModel

/// Brings a revision to the hosts.
struct DeployCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "deploy", abstract: "Brings a revision to the hosts of a group; goes back by itself where that fails.",
    discussion: """
      Ctrl-C ends it in good order: nothing new is started, hosts that were being changed are restored, the lock is given back. A \
      second Ctrl-C leaves it as it is and prints how to resume. A rollback that is under way continues at the first Ctrl-C, and says \
      what is left. SIGTERM is a Ctrl-C; within 30 seconds of a Ctrl-C it is the same request, because CI runners send both when a job \
      is cancelled. A terminal that is closed is a SIGTERM, and nothing under nohup. What is not back 9 seconds after the first one is \
      named, with the command that finishes it. Before it has begun, one of them ends what runs here and exits with 130, or 143 for \
      SIGTERM; also while it waits in line. A host that has this bundle, recipe, parameters and, as far as they can be compared, values \
      of secrets already gets nothing, unless --force is given.

      Deployments in line (--on-busy) get the hosts in their order, with the files of the time when they came. The line is on the first \
      host by name; a rollback or a deployment of other hosts may come in between.

      A gate that waits for a person asks on a terminal: yes, no, or later, which stops asking and stays; not in CI. Without a terminal \
      the deployment is parked: its hosts keep it and its journal, the command exits with 13 and names what answers from any checkout. \
      Whoever meets it after its deadline has it fail and its hosts go back first. --wait stays instead. At a terminal and with --wait \
      it also watches a recipe's alarm afterwards: exit code 17 if that fires and hosts are back. Ctrl-C then ends only the watching.

      --plan carries out a plan that lander plan --out kept. What is deployed where is not said beside it. Everything that it names is \
      compared: recipe sources, parameters, bundle, hosts and, if it was made with --connect, what they run. If anything differs, each \
      difference is named, nothing is started, and the exit code is 3.

      Several groups (--group staging,production) are a train: deployments one after the other with the same bundle, recipe and \
      parameters, and one exit code. The first that does not succeed ends it, and groups before it keep the release. Before each further \
      group --between check looks whether the one before still runs the release (exit code 12 if not), approve (the default at a \
      terminal) also waits for a person (14 without a yes), none asks nothing. lander resume TRAIN continues after a crash.

      --missing brings what the group has to its hosts that lack it, in growing waves and without the recipe's strategy. The exit code is \
      0 if none does; 20 if only hosts out of reach may; 4 while a deployment of the group is under way, unless --on-busy waits.

      Examples:
        lander deploy web --group staging --message "Fix login"
        lander deploy web --group staging,production --between approve=2h
      """)

  @OptionGroup var options: ProjectOptions
  @OptionGroup var form: ResultOptions
  @OptionGroup var progress: ProgressOptions
  @OptionGroup var request: RequestOptions
  @Option(help: ArgumentHelp("Deploy the bundle and parameters that this group runs.", valueName: "name"), completion: KnownNames.groups)
  var fromGroup: String?
  @Option(help: ArgumentHelp("What has to hold between groups; approve waits an hour, or approve=TIME.", valueName: "check|approve|none"))
  var between: BetweenGroups?
  @OptionGroup var missing: MissingOption
  @OptionGroup var queue: QueueOptions
  @OptionGroup var stages: StageOptions
  @OptionGroup var stay: StayOptions
  @OptionGroup var bundle: AppSpecOption
  @OptionGroup var choices: AppSpecChoices
  @Option(help: ArgumentHelp("Carry out the plan in this file, as lander plan --out kept it.", valueName: "file"))
  var plan: String?

  func validate() throws {
    let other = request.choice ?? queue.choice ?? stages.choice ?? (missing.missing ? "--missing" : nil) ?? train
    guard plan != nil, let other else { return }
    throw ValidationError("\(other) has no meaning with --plan: the plan says what is deployed")
  }

  func perform(on terminal: Terminal) async throws -> DeployModel.ExitCode {
    if missing.missing { return try await bringMissing(on: terminal) }
    let record = try plan.map(PlanFile.read)
    let project = try bundle.project(choices) ?? Wiring.project(options)
    let train = TrainStart(
      request: request, queue: queue, stages: stages, fromGroup: fromGroup, between: between, options: options, progress: progress,
      project: project, stay: stay)
    if plan == nil, try train.isWanted { return try await train.run(on: terminal) }
    let desk = try Wiring.desk(for: project, options, tell: terminal.listener(progress.mode))
    return try await desk.use { desk in
      if let record {
        return try await launch(desk, terminal, project).deploy(
          try await desk.plan(again: record, said: try request.why.said(), of: project))
      }
      var asked = stages.completing(queue.completing(try request.asked(of: project.project)))
      if let fromGroup { asked = try await desk.adopting(fromGroup, asked, of: project) }
      let wait = try await QueueWait(asked, of: project, queue.busy, urgent: queue.urgency, from: fromGroup, at: desk)
      return try await launch(desk, terminal, project).deploy(try await wait.plan(), wait)
    }
  }

  func launch(_ desk: Desk, _ terminal: Terminal, _ project: LoadedProject) -> Launch {
    Launch(desk: desk, terminal: terminal, progress: progress, project: project, stay: stay, alarmsIn: options)
  }
}
