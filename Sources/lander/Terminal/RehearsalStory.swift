import DeployDesk
import DeployModel
import DeployReport

/// A rehearsal in a form for people: the timeline of each deployment, how it ended, and whether every promise was kept.
struct RehearsalStory {
  let run: RehearsalRun
  /// The faults, as the person typed them.
  let faults: String
  /// Whether to show every entry, even for a large fleet.
  let isWhole: Bool
  /// The story of each deployment of the run, in order.
  private let stories: [DeploymentStory]

  init(_ run: RehearsalRun, faults: String, isWhole: Bool) {
    self.run = run
    self.faults = faults
    self.isWhole = isWhole
    stories = run.deployments.map { DeploymentStory($0.entries) }
  }

  /// Prints the rehearsal.
  /// - Returns: the exit code of the command.
  func tell(on terminal: Terminal) -> ExitCode {
    let surface = terminal.out
    terminal.give(value)
    terminal.say(
      "Rehearsal with seed \(run.seed): \(run.hosts.of("simulated host")), faults: \(faults)"
    )
    for (deployment, story) in zip(run.deployments, stories) {
      var report = PlainReport(
        on: Surface(width: surface.width, colour: surface.colour), heartbeat: .minutes(100_000))
      for entry in deployment.entries
      where isWhole || deployment.plan.hosts.count <= 25 || Self.isOutline(entry) {
        let text = report.take(entry, of: deployment.plan.id)
        if !text.isEmpty { terminal.say(String(text.dropLast())) }
      }
      terminal.say(
        [""]
          + Summary(story).lines(on: surface).prefix {
            !$0.hasPrefix("  Next")
          })
    }
    terminal.say([
      "",
      "\(run.events.grouped) events in \(run.duration) of virtual time, \(run.deployments.count.of("deployment"))",
    ])
    if let stopped = run.stopped {
      terminal.say("It did not end: \(stopped)")
      return .internal
    }
    if let overrun = run.overrun {
      terminal.tell(overrun.lines(on: terminal.err))
      return .usage
    }
    let broken = run.broken
    if broken.isEmpty {
      terminal.say("Every promise was kept, checked after every event.")
      return .done
    }
    terminal.say(
      broken.map { surface.paint("Broken: ", .bad) + "\($0)" } + [
        "  → lander rehearse --seed \(run.seed) shows it again"
      ])
    return .internal
  }

  /// The rehearsal for programs, without the timeline.
  private var value: Value {
    let deployments = zip(run.deployments, stories).map { deployment, story in
      let state = story.conclusion?.status.rawValue ?? "not ended"
      let back = run.deployments.firstIndex { $0.plan.kind == .rollback(of: deployment.plan.id) }
      return AccountReport(story, rollback: back.map { stories[$0] }, state: state).value
    }
    return JSON.record([
      ("seed", .int(Int(clamping: run.seed))), ("hosts", .int(run.hosts)), ("faults", .text(faults)), ("events", .int(run.events)),
      ("virtual_ms", .int(run.duration.milliseconds)), ("deployments", .list(deployments)),
      ("kept", .bool(run.broken.isEmpty && run.stopped == nil && run.overrun == nil)), ("broken", .list(run.broken.map { .text($0) })),
      ("stopped", run.stopped.map { .text($0) }), ("overrun", run.overrun?.value),
    ])
  }

  private static func isOutline(_ entry: Entry) -> Bool {
    switch entry.fact {
    case .planned, .concluded, .resumed: true
    case .noted(let note):
      switch note {
      case .stageBegan, .stageEnded, .waveBegan, .waveEnded, .restartBegan, .restartEnded, .remark: true
      case .host(_, let status): status.error != nil
      default: false
      }
    default: false
    }
  }
}
