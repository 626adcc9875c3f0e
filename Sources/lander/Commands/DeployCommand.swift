import ArgumentParser
import DeployDesk
import DeployModel

/// Deploys a revision to the hosts.
struct DeployCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "deploy", abstract: "Deploys a revision to the hosts of a group, and rolls back if that fails.",
    discussion: """
      Ctrl-C cancels the deployment: lander starts nothing new, restores the hosts that it was changing, and releases the locks. A second \
      Ctrl-C leaves everything as it is and prints how to resume. Ctrl-C does not stop a rollback. SIGTERM and a closed terminal count as \
      Ctrl-C, but a SIGTERM within 30 seconds after Ctrl-C does not, because CI runners send both. Before the start or in the queue, a \
      signal ends the command with 130 (Ctrl-C), 143 (SIGTERM) or 129 (closed terminal).

      A host does not change if it already has this bundle, recipe and parameters, and if its secrets are the same or cannot be compared. \
      With --force, such a host changes too.

      With --on-busy, a deployment can wait in a queue for the hosts. It gets them in the order of the queue, and uses its files as they \
      were when it joined the queue. A rollback might get the hosts before the queue does.

      If a gate waits for a person and there is a terminal, lander asks for an answer: yes, no, or later. Without a terminal, as in CI, \
      lander parks the deployment: the hosts keep its lock and its journal, and the command says how to answer, and exits with 13. If \
      nobody answers before the deadline, the next command that finds it rolls its hosts back. With --wait, lander waits first.

      At a terminal or with --wait, lander also watches the recipe's alarm after a success, and exits with 17 if the alarm rolls the hosts \
      back. During that time, Ctrl-C only stops the watching.

      --plan FILE carries out a plan that lander plan --out wrote. The plan already has the recipe, the group, the revision and the hosts. \
      If sources, parameters, the bundle, the hosts or their releases have changed since, lander lists each difference and exits with 3.

      Several groups (--group staging,production) are a train. lander deploys to one group after the other, with the same bundle, recipe \
      and parameters. The first deployment that does not succeed ends the train, and earlier groups keep the release. --between sets what \
      happens before each next group. With check, the previous group has to run the release still, or the exit code is 12. With approve, \
      the default at a terminal, a person has to agree too, or the exit code is 14.

      --missing deploys the group's revision to the hosts that lack it, in growing waves, without the strategy. The exit code is 0 if no \
      host lacks it, 20 if only unreachable hosts might lack it, and 4 if another deployment of the group runs.

      Examples:
        lander deploy web --group staging --message "Fix login"
        lander deploy web --group staging,production --between approve=2h
      """)

  @OptionGroup var options: ProjectOptions
  @OptionGroup var form: ResultOptions
  @OptionGroup var progress: ProgressOptions
  @OptionGroup var request: RequestOptions
  @OptionGroup var release: ReleaseOptions
  @Option(help: ArgumentHelp("Deploy the bundle and parameters that this group runs.", valueName: "name"), completion: KnownNames.groups)
  var fromGroup: String?
  @Option(help: ArgumentHelp("What to do before the next group. approve waits for 1h, approve=2h for 2h.", valueName: "check|approve|none"))
  var between: BetweenGroups?
  @OptionGroup var missing: MissingOption
  @OptionGroup var queue: QueueOptions
  @OptionGroup var freeze: FreezeOption
  @OptionGroup var stages: StageOptions
  @OptionGroup var stay: StayOptions
  @OptionGroup var bundle: AppSpecOption
  @OptionGroup var choices: AppSpecChoices
  @Option(help: ArgumentHelp("Carry out the plan in this file, which lander plan --out wrote.", valueName: "file"))
  var plan: String?

  func validate() throws {
    let before = request.choice ?? release.choice ?? queue.choice ?? freeze.choice ?? stages.choice
    let other = before ?? (missing.missing ? "--missing" : nil) ?? train
    guard plan != nil, let other else { return }
    throw ValidationError("\(other) has no meaning with --plan, because the plan says what to deploy")
  }

  func perform(on terminal: Terminal) async throws -> DeployModel.ExitCode {
    if missing.missing { return try await bringMissing(on: terminal) }
    let record = try plan.map(PlanFile.read)
    let project = try bundle.project(choices) ?? Wiring.project(options)
    let train = TrainStart(
      request: request, complete: completing, queue: queue, fromGroup: fromGroup, between: between, options: options, progress: progress,
      project: project, stay: stay)
    if plan == nil, try train.isWanted { return try await train.run(on: terminal) }
    let desk = try Wiring.desk(for: project, options, tell: terminal.listener(progress.mode))
    return try await desk.use { desk in
      if let record {
        return try await launch(desk, terminal, project).deploy(
          try await desk.plan(again: record, said: try request.why.said(), of: project))
      }
      var asked = completing(try request.asked(of: project.project))
      if let fromGroup { asked = try await desk.adopting(fromGroup, asked, of: project) }
      let wait = try await QueueWait(asked, of: project, queue.busy, urgent: queue.urgency, from: fromGroup, at: desk)
      return try await launch(desk, terminal, project).deploy(try await wait.plan(), wait)
    }
  }
}
