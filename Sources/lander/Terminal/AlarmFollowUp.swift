import DeployDesk
import DeployModel
import DeployReport
import Glibc
import Synchronization

extension Launch {
  /// Makes a launch. If the command keeps running, the launch also watches its deployment's alarm.
  init(
    desk: Desk, terminal: Terminal, progress: ProgressOptions, project: LoadedProject, stay: StayOptions,
    alarmsIn options: ProjectOptions
  ) {
    self.init(
      desk: desk, terminal: terminal, progress: progress, folder: project.folder, typed: project.typed, stay: stay,
      alarms: AlarmFollowUp(options: options, progress: progress, terminal: terminal, project: project, patience: stay.watching))
  }
}

/// What a command does about a deployment's alarm: it watches the alarm, or says that nobody watches it.
struct AlarmFollowUp {
  let options: ProjectOptions
  let progress: ProgressOptions
  let terminal: Terminal
  /// The project, or nil if it is unknown. Without the project, the alarm cannot start a rollback.
  var project: LoadedProject?
  /// How long the command watches, or nil if it does not watch.
  var patience: Staying?

  private var book: AlarmFiles { AlarmFiles(in: options.stateFolder()) }

  /// Watches the alarm of the deployment that a word identifies, until the alarm ends.
  /// - Parameter word: the deployment's id, the beginning of the id, or `last`.
  func follow(_ word: String) async throws -> DeployModel.ExitCode {
    let project = try Wiring.project(options)
    let desk = try Wiring.desk(for: project, options, tell: terminal.listener(progress.mode))
    return try await desk.use { desk in
      let watch = try await desk.alarm(of: word, in: book)
      let signal = FirstSignal()
      let (record, back, standing) = try await run(watch, on: desk, of: project, ending: signal)
      let report = watch.report(record, standing)
      let left: DeployModel.ExitCode? = record.end == nil && !report.hasFired ? signal.code : nil
      let code = back?.signal ?? left ?? report.exit
      Ending.note([watch.plan.id] + (record.rollback.map { [$0] } ?? []), code == .done ? [] : [report.problem])
      terminal.give(report.value(isWatched: false))
      if progress.mode == .ndjson { terminal.tell(report.line(on: terminal.err)) } else { terminal.say(report.line(on: terminal.out)) }
      return code
    }
  }

  /// If this command keeps running, watches the alarm of a deployment that has ended. Otherwise, says that nobody watches the alarm.
  /// - Returns: the result of the deployment and of the watch.
  func after(_ end: Launch.End) async throws -> Launch.End {
    guard let story = end.chronicles.first?.story, end.code == .done, story.plan?.flow.alarm != nil,
      story.hosts.contains(where: { $0.status == .succeeded })
    else { return end }
    let past = try Wiring.pastDesk(options, tell: terminal.listener(progress.mode))
    let watch = try await past.use { try await $0.alarm(of: story.id.rawValue, in: book) }
    if watch.record.tally.looks == 0 { try book.save(watch.record) }
    guard let project, let patience else {
      terminal.tell(watch.report(watch.record).unwatched(on: terminal.err))
      return end
    }
    let desk = try Wiring.desk(for: project, options, tell: terminal.listener(progress.mode))
    return try await desk.use { desk in
      let watch = try await desk.alarm(of: story.id.rawValue, in: book)
      let (record, back, standing) = try await run(watch, on: desk, of: project, for: patience.limit, ending: FirstSignal())
      let report = watch.report(record, standing)
      terminal.tell(report.line(on: terminal.err))
      let code = back?.signal ?? report.exit
      let stories = end.chronicles + (back?.chronicles ?? [])
      let isDone = code == .done
      Ending.note(stories.map(\.story.id), isDone ? [] : [report.problem])
      terminal.give(AccountReport(story, rollback: back?.chronicles.first?.story, state: code.word, exit: code).value)
      return Launch.End(code: code, chronicles: stories)
    }
  }

  /// Watches until the alarm ends, `time` has passed, or a signal arrives. If the alarm fires, runs the rollback.
  /// - Parameter time: how long to watch, or nil to watch until the alarm ends.
  private func run(
    _ watch: AlarmWatch, on desk: Desk, of project: LoadedProject, for time: Interval? = nil, ending signal: FirstSignal
  ) async throws -> (record: AlarmRecord, back: Launch.End?, standing: AlarmRollback?) {
    let work = Task {
      try await watch.watch(in: project, upTo: time, { tell($0, of: watch) }) { plan in
        var launch = Launch(desk: desk, terminal: terminal, progress: progress, folder: project.folder, typed: project.typed)
        launch.startedByAlarm = plan.id
        return try await launch.run(plan)
      }
    }
    // The first signal ends the watching, and the next one ends the command. While a rollback is under way, the rollback handles signals
    // itself.
    Signals.hear(Signals.ending) { number in
      signal.take(number)
      work.cancel()
      EarlyEnd.arm(terminal)
      EarlyEnd.nowHolds("the deployment is as it was")
    }
    return try await work.value
  }

  private func tell(_ event: AlarmEvent, of watch: AlarmWatch) {
    func report(_ record: AlarmRecord) -> AlarmReport { watch.report(record) }
    let surface = terminal.err
    switch event {
    case .began(let record, let hosts): terminal.tell(report(record).began(at: hosts, on: surface))
    case .waits(let why, let record): terminal.tell(report(record).waits(why, on: surface))
    case .bad(let words, let record): terminal.tell(report(record).bad(words, on: surface))
    case .silent(let words, let record): terminal.tell(report(record).silent(words, on: surface))
    case .leavesOut(let hosts, let record, let rest): terminal.tell(report(record).leavesOut(hosts, rest: rest))
    case .fires(let record): terminal.tell(report(record).fires(on: surface))
    }
  }
}

/// The signal that ended the watching.
private final class FirstSignal: Sendable {
  private let number = Atomic<Int32>(0)

  func take(_ one: Int32) { _ = number.compareExchange(expected: 0, desired: one, ordering: .relaxed) }

  /// The exit code of a command that was ended by the signal. If there was no signal, it is the same as for Ctrl-C.
  var code: DeployModel.ExitCode {
    let one = number.load(ordering: .relaxed)
    return DeployModel.ExitCode(endedBy: one == 0 ? SIGINT : one)
  }
}

extension AlarmWatch {
  /// - Parameters:
  ///   - record: the current record of the alarm.
  ///   - standing: the state of the rollback that the alarm began. Nil if it began none, or if the rollback is no longer known.
  fileprivate func report(_ record: AlarmRecord, _ standing: AlarmRollback? = nil) -> AlarmReport {
    AlarmReport(alarm, record, of: plan.subject, standing: standing)
  }
}

extension Launch.End {
  /// The exit code if a signal ended the command while the rollback was under way; otherwise nil.
  fileprivate var signal: DeployModel.ExitCode? {
    [.detached, .hungUp, .interrupted, .terminated].contains(code) ? code : nil
  }
}
