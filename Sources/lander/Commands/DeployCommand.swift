import ArgumentParser
import DeployDesk
import DeployModel

/// Deploys a revision to the hosts.
struct DeployCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "deploy", abstract: "Deploys a revision to the hosts of a group, and rolls back if that fails.",
    discussion: """
      Ctrl-C cancels the deployment: it starts nothing new, restores the hosts that were being changed, and releases the locks. A second \
      Ctrl-C leaves everything as it is and prints how to resume. If a rollback is under way, the first Ctrl-C does not stop it, and \
      lander says what is left to do. SIGTERM and a closed terminal count as Ctrl-C (under nohup a closed terminal is ignored). A SIGTERM \
      within 30 seconds after a Ctrl-C counts as the same request, because CI runners send both. After 9 seconds lander lists the hosts \
      that are not restored yet, and the command that restores them. Before the deployment starts, or while it is queued, one signal ends \
      the command: exit 130 (Ctrl-C), 143 (SIGTERM) or 129 (closed terminal). Without --force, a host does not change if it already has \
      this bundle, recipe, parameters and (if comparable) secrets.

      Queued deployments (--on-busy) get the hosts in order; each deploys the files as they were when it joined the queue. The queue is \
      kept on the host whose name comes first. A rollback, or a deployment that queues on a different host, might get the hosts first.

      If a gate waits for a person and there is a terminal, lander asks: yes, no, or later (do not ask again, but keep waiting). Without a \
      terminal, as in CI, it parks the deployment: the hosts keep its lock and journal, and the command prints how to answer from any \
      checkout, and exits with 13. After the deadline, the deployment fails as soon as a command finds it, and its hosts are rolled back. \
      With --wait lander waits for the answer instead. At a terminal or with --wait, lander also runs the recipe's alarm after a success. \
      If the alarm fires and the hosts are rolled back, the exit code is 17. During the alarm, Ctrl-C only stops watching.

      --plan FILE carries out a plan from lander plan --out. It takes no recipe, group, revision, host or queue options. If anything has \
      changed since (sources, parameters, bundle, hosts, their releases), lander lists each difference and exits with 3.

      Several groups (--group staging,production) are a train: one deployment after the other, with the same bundle, recipe and \
      parameters, and one exit code. The first deployment that does not succeed ends the train; earlier groups keep the release. Before \
      each group, --between check checks that the previous group still runs the release (exit code 12 if not). --between approve, the \
      default at a terminal, also asks a person (14 without a yes). --between none checks nothing. After a crash, run lander resume TRAIN.

      --missing deploys the group's revision to the hosts that lack it, in growing waves, without the strategy. Exit codes: 0 if no host \
      lacks the revision; 20 if some hosts are unreachable and no other host lacks it; 4 if another deployment of the group runs (with \
      --on-busy wait, lander waits).

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
  @Option(help: ArgumentHelp("What to do before the next group. approve=2h waits for 2h, approve 1h.", valueName: "check|approve|none"))
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
    throw ValidationError("\(other) has no meaning with --plan: the plan says what is deployed")
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
