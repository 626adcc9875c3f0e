import DeployDesk
import DeployModel
import DeployReport

/// Starts a deployment of a group's revision to the hosts of the group that lack it.
struct MissingStart {
  let request: RequestOptions
  let options: ProjectOptions
  /// The options that contradict `--missing`. Nil stands for an option that was not given.
  let refused: [String?]
  /// Adds other options to the request.
  let complete: (Asked) -> Asked
  /// Whether standard output is for lines of JSON only.
  var isForPrograms = false

  /// What the command does with the request.
  typealias Next = (_ desk: Desk, _ asked: Asked, _ project: LoadedProject) async throws -> ExitCode

  func use(on terminal: Terminal, then next: Next) async throws -> ExitCode {
    let project = try Wiring.project(options)
    let groups = request.subject.groups(of: project.project)
    var asked = complete(try request.asked(of: project.project, group: groups.first, variables: false))
    asked.request.missing = true
    if groups.count > 1 {
      asked.unclear.append(
        Problem(
          "--missing takes one group at a time, because each group has its own revision", subject: "--group",
          fix: "as in --group \(groups[0])"))
    }
    asked.unclear += refused.compactMap(\.self).map {
      Problem("it has no meaning with --missing, which deploys the group's own revision", subject: $0, fix: "leave one of them out")
    }
    let wanted = asked
    let desk = try Wiring.desk(for: project, options, tell: terminal.listener())
    return try await desk.use { desk in try await next(desk, wanted, project) }
  }

  /// Says that no host lacks the revision, and which unreachable hosts might still lack it. Returns the exit code.
  func conclude(_ found: Joining, on terminal: Terminal) -> ExitCode {
    let report = JoinReport(found.goal, group: found.group, hosts: found.settled, away: found.away)
    terminal.give(report.value)
    if isForPrograms { terminal.tell(report.lines(on: terminal.err)) } else { terminal.say(report.lines(on: terminal.out)) }
    return found.away.isEmpty ? .done : .unreachable
  }
}

extension DeployCommand {
  /// An option about other groups that was given, or nil if none was given.
  var train: String? { fromGroup.map { _ in "--from-group" } ?? between.map { _ in "--between" } }

  /// Returns the request with the options of this command.
  func completing(_ asked: Asked) -> Asked { stages.completing(queue.completing(release.completing(asked), freeze)) }

  func launch(_ desk: Desk, _ terminal: Terminal, _ project: LoadedProject) -> Launch {
    Launch(desk: desk, terminal: terminal, progress: progress, project: project, stay: stay, alarmsIn: options)
  }

  /// Deploys a group's revision to those hosts of the group that lack it.
  func bringMissing(on terminal: Terminal) async throws -> DeployModel.ExitCode {
    let start = MissingStart(
      request: request, options: options, refused: [bundle.appspec.map { _ in "--appspec" }, train],
      complete: completing, isForPrograms: progress.mode == .ndjson)
    return try await start.use(on: terminal) { desk, asked, project in
      let wait = try await QueueWait(asked, of: project, queue.busy, urgent: queue.urgency, at: desk)
      let (found, planned) = try await wait.planMissing()
      guard let planned else { return start.conclude(found, on: terminal) }
      return try await launch(desk, terminal, project).deploy(planned, wait)
    }
  }
}
