import DeployDesk
import DeployModel
import DeployReport

/// Resumes a parked deployment, no matter where it was started.
struct Answering {
  let draft: MessageDraft
  let progress: ProgressOptions
  let stay: StayOptions?
  /// Whether the answer is left on the hosts for another engine, which resumes the deployment. If false, this command resumes the
  /// deployment.
  var leaves = false

  /// - Parameter word: the deployment, or nil for the only one that has not ended.
  /// - Returns: nil if no such deployment is parked.
  func perform(_ word: String?, _ options: ProjectOptions, on terminal: Terminal) async throws -> ExitCode? {
    let known = try await known(word, options)
    if let known, known.first.parked == nil || known.state != .interrupted { return nil }
    guard let word = known?.first.id.rawValue ?? word else { return nil }
    let project = known == nil ? try Wiring.project(options) : try? Wiring.project(options)
    guard let project else {
      let desk = try Wiring.pastDesk(options, tell: terminal.listener(progress.mode))
      return try await desk.use { desk in try await resumeParked(known, desk, nil, on: terminal, in: options) }
    }
    let selections = try project.project.selections(recipe: nil, group: nil)
    let desk = try Wiring.desk(for: project, options, tell: terminal.listener(progress.mode))
    return try await desk.use { desk in
      let (found, answered, surveys) = try await desk.findParked(word, on: selections)
      guard let found else {
        guard let known else { return nil }
        if answered {
          // From here on, the journal shows the deployment as ended.
          _ = try await desk.learnEnds(from: surveys)
          throw gone(known.first.id)
        }
        return try await resumeParked(known, desk, project, on: terminal, in: options)
      }
      if leaves { return try await leave(found, desk, project.folder, on: terminal) }
      EarlyEnd.nowHolds("the deployment is parked as before")
      return try await resumeParked(try await desk.adopt(found), desk, project, on: terminal, in: options)
    }
  }

  /// Returns the deployment as this state folder knows it. Returns nil if the deployment is unknown here, or if several match.
  private func known(_ word: String?, _ options: ProjectOptions) async throws -> DeploymentPair? {
    guard let past = try Wiring.past(options) else { return nil }
    if let word { return try await past.knows(word) ? try await past.pair(word, or: []) : nil }
    return try? await past.pair(nil, or: [.interrupted, .running])
  }

  private func resumeParked(
    _ pair: DeploymentPair?, _ desk: Desk, _ project: LoadedProject?, on terminal: Terminal, in options: ProjectOptions
  ) async throws -> ExitCode? {
    guard let pair else { return nil }
    if leaves {
      throw Problems(
        Problem("the answer cannot be stored: no reachable host has deployment \(pair.first.id)", fix: "lander hosts"), exit: .refused)
    }
    var launch = Launch(
      desk: desk, terminal: terminal, progress: progress, folder: options.folderOrHere, stay: stay,
      alarms: AlarmFollowUp(options: options, progress: progress, terminal: terminal))
    launch.answers = draft.kind.isAnswer
    return pair.first.parked == nil ? try await launch.resume(pair) : try await launch.resumeParked(pair, draft, of: project)
  }

  private func leave(_ found: FoundParked, _ desk: Desk, _ folder: String, on terminal: Terminal) async throws -> ExitCode {
    let (hosts, message) = try await desk.leave(draft, for: found)
    let id = found.parked.deployment
    terminal.give(
      JSON.record([
        ("deployment", .text(id.rawValue)), ("said", .text(draft.kind.rawValue)), ("left_on", .list(hosts.map { .text($0) })),
      ]))
    terminal.say([
      "\(id): the answer is stored on \(hosts.joined(separator: " ")), for whoever resumes the deployment.", "  → lander resume \(id)",
    ])
    if let doubt = ApprovalSignatures.doubt(message, found.parked, in: folder) { terminal.tell(["  ! " + doubt]) }
    return .done
  }

  private func gone(_ id: Deployment.ID) -> Problems {
    Problems(
      Problem(
        "deployment \(id) is not parked on any host now: somebody resumed it elsewhere, or removed its locks",
        fix: "lander status shows what the hosts run, and which deployment has them"), exit: .refused)
  }
}
