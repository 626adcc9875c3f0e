import DeployDesk
import DeployModel
import DeployReport
import Glibc

/// Runs deployments for a command. It shows the progress, handles signals, and makes the summary and the exit code.
struct Launch {
  let desk: Desk
  let terminal: Terminal
  let progress: ProgressOptions
  /// The project's folder.
  let folder: String
  /// The options that describe a project without a `deploy.lua`, or nil if the project has a `deploy.lua`.
  var typed: String?
  /// How long the command keeps running at a gate that waits for a person, or nil to keep running until the gate closes.
  var stay: StayOptions?
  /// What the command does about alarms after deployments, or nil if these deployments have no alarm.
  var alarms: AlarmFollowUp?

  /// Whether the launch resumes a parked deployment with somebody's answer.
  var answers = false

  /// The rollback that an alarm started, or nil if the launch runs no such rollback. The first signal does not end it.
  var startedByAlarm: Deployment.ID?

  private var isLive: Bool { (progress.mode ?? (terminal.err.terminal ? .live : .plain)) == .live }

  /// Whether output of commands is shown: either all of it, or the last line from each host.
  private var wantsOutput: Bool { progress.verbose || isLive }

  /// The results of a command's deployments, and what happened in them.
  struct End {
    let code: ExitCode
    let chronicles: [Chronicle]
  }

  /// Starts a plan that was not rehearsed here, such as a rollback.
  func deploy(_ plan: Plan) async throws -> ExitCode { try await filled(try await run(plan)) }

  /// Starts a plan that was not rehearsed here, without writing the files of `--junit` and `--dotenv`.
  func run(_ plan: Plan) async throws -> End {
    try await follow(desk.deploy(plan, staying: stay?.staying ?? .always, wantsOutput: wantsOutput))
  }

  /// Starts a plan that was rehearsed here.
  /// - Parameter wait: makes the next plan if another deployment gets a host first. If nil, the command ends in that case.
  func deploy(_ planned: PlannedDeployment, _ wait: QueueWait? = nil) async throws -> ExitCode {
    try await filled(try await run(planned, wait))
  }

  /// Starts a plan that was rehearsed here, without writing the files of `--junit` and `--dotenv`, which cover all deployments of the
  /// command.
  func run(_ planned: PlannedDeployment, _ wait: QueueWait? = nil) async throws -> End {
    let running = desk.deploy(planned.plan, staying: stay?.staying ?? .always, wantsOutput: wantsOutput)
    return try await follow(running, wait, waves: planned.rehearsal.waveCount)
  }

  /// Resumes what is left of an interrupted deployment and its rollback. If a reason is given, only cancels them in an orderly way.
  func resume(_ pair: DeploymentPair, cancelling reason: String? = nil) async throws -> ExitCode {
    try await filled(try await runRest(of: pair, cancelling: reason))
  }

  /// Resumes what is left of an interrupted deployment and its rollback, without writing the files of `--junit` and `--dotenv`.
  func runRest(of pair: DeploymentPair, cancelling reason: String? = nil) async throws -> End {
    EarlyEnd.nowHolds("the deployment is as it was")
    return try await follow(
      try await desk.resume(pair, cancelling: reason, staying: stay?.staying ?? .always, wantsOutput: wantsOutput))
  }

  /// Resumes a parked deployment.
  func resumeParked(_ pair: DeploymentPair, _ draft: MessageDraft, of project: LoadedProject?) async throws -> ExitCode {
    try await filled(try await runParked(pair, draft, of: project))
  }

  /// Resumes a parked deployment, without writing the files of `--junit` and `--dotenv`.
  func runParked(_ pair: DeploymentPair, _ draft: MessageDraft, of project: LoadedProject?) async throws -> End {
    EarlyEnd.nowHolds("the deployment is parked as before")
    return try await follow(
      try await desk.resumeParked(pair, draft, of: project, staying: stay?.staying ?? .always, wantsOutput: wantsOutput))
  }

  private func filled(_ ended: End) async throws -> ExitCode {
    let end = try await alarms?.after(ended) ?? ended
    Self.fillFiles(end.code, end.chronicles)
    return end.code
  }

  private func follow(_ resumed: Resumed) async throws -> End {
    switch resumed {
    case .ended(let pair): End(code: try await desk.past.tellEnd(of: pair, terminal), chronicles: [])
    case .running(let running): try await follow(running)
    }
  }

  private func follow(_ running: Running, _ wait: QueueWait? = nil, waves: Int? = nil) async throws -> End {
    let (sink, telemetry) = (try EventFile(progress.events), try Telemetry(progress.otlp, terminal))
    let shown = Progress(mode: progress.mode, verbose: progress.verbose, waves: waves, terminal: terminal, typed: typed)
    let interrupts = Interrupts(running: running, shown: shown, startedByAlarm: startedByAlarm)
    let (signals, heard) = AsyncStream.makeStream(of: Int32.self)
    Signals.hear(Signals.ending + [SIGUSR1, SIGWINCH, SIGCONT]) { heard.yield($0) }
    let listener = Task {
      for await number in signals {
        let surface = Terminal().err
        switch number {
        case SIGWINCH: shown.resized(width: surface.width, height: surface.height)
        case SIGCONT: shown.resumed()
        default: await interrupts.heard(number)
        }
      }
    }
    let prompt = ApprovalPrompt.isWanted(terminal) ? ApprovalPrompt(desk, shown, isLive: isLive) : nil
    running.start()
    for await event in running.events {
      if case .entry(let id, let entry) = event, entry.isOpening { Ending.begins(id) }
      shown.take(event)
      prompt?.take(event)
      sink?.take(event, terminal)
      telemetry?.take(event)
    }
    listener.cancel()
    await interrupts.end()
    await prompt?.end()
    let stories = await shown.finish()
    await sink?.finish(terminal)
    await telemetry?.finish(terminal)
    let end = try await running.end()
    if let wait, let refusal = wait.refusal(of: end), await interrupts.last == nil {
      EarlyEnd.arm(terminal)
      EarlyEnd.nowHolds("nothing on a host was changed")
      return try await run(try await wait.planAgain(after: refusal), wait)
    }
    await desk.close()
    let code = conclude(end, stories.map(\.story), await interrupts.detached, await interrupts.last)
    if let system = Identity.system { CIFiles(system: system, terminal: terminal, folder: folder).tell(code, stories) }
    return End(code: code, chronicles: stories)
  }

  /// Writes the files of `--junit` and `--dotenv` for a deployment and the rollback that followed.
  static func fillFiles(_ code: ExitCode, _ chronicles: [Chronicle]) {
    guard let story = chronicles.first?.story else { return }
    fillFiles(code, chronicles, of: story, rollback: chronicles.dropFirst().first?.story)
  }

  /// Writes the files for several deployments. JUnit's file covers all of them. The variables describe only `story` and its rollback.
  static func fillFiles(
    _ code: ExitCode, _ chronicles: [Chronicle], of story: DeploymentStory, rollback: DeploymentStory?
  ) {
    if EndFile.junit.isOpen { EndFile.junit.write(JUnitReport(chronicles).text) }
    if EndFile.dotenv.isOpen { EndFile.dotenv.write(Outputs(code, story, rollback: rollback).dotenv) }
  }

  /// Says what a parked deployment is waiting for, and what a person can type. Returns the exit code.
  private func parked(_ story: DeploymentStory) -> ExitCode {
    let report = ParkedReport(story)
    // A refused answer is reported in the same way as when an engine is running.
    let refused = answers ? story.messages.last.flatMap { $0.accepted == false ? $0.answer : nil } : nil
    let problem = refused.map { Problem("\(story.id): \($0)", fix: report.problem.fix) } ?? report.problem
    let code = refused == nil ? stay?.parkedExit ?? .paused : .refused
    Ending.note([story.id], [problem])
    terminal.give(AccountReport(story, rollback: nil, state: code.word).value)
    let lines = report.lines(zone: terminal.out.zone)
    if progress.mode == .ndjson { terminal.tell(lines) } else { terminal.say(lines) }
    return code
  }

  private func conclude(_ end: RunEnd, _ stories: [DeploymentStory], _ detached: Bool, _ signal: Int32?) -> ExitCode {
    guard let first = end.deployments.first else { return .internal }
    if detached, let last = end.deployments.last, last.isLeft {
      Ending.note(end.deployments.map(\.plan.id), [last.left])
      terminal.tell(["", last.left.message] + (last.left.fix.map { ["  → " + $0] } ?? []))
      return ExitCode(endedBy: signal ?? SIGINT)
    }
    let story = stories.first { $0.id == first.plan.id } ?? DeploymentStory()
    if let last = end.deployments.last, last.isParked { return parked(story) }
    let back = end.deployments.count > 1 ? stories.first { $0.id == end.deployments[1].plan.id } : nil
    let summary = Summary(story, rollback: back, typed: typed)
    Ending.note(end.deployments.map(\.plan.id), summary.problems)
    if terminal.err.terminal { terminal.tell("") }
    terminal.give(AccountReport(story, rollback: back, state: (summary.exit ?? .internal).word).value)
    // The window's size might have changed.
    let now = Terminal()
    if progress.mode == .ndjson {
      terminal.tell(summary.lines(on: now.err))
    } else {
      terminal.say(summary.lines(on: now.out))
    }
    let code = summary.exit ?? .internal
    return end.isWayBackOnly && code == .done ? .rolledBack : code
  }
}
