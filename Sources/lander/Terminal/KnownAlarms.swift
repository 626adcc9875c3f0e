import DeployDesk
import DeployModel
import DeployReport

/// What this state folder knows of alarms, for commands that tell of deployments.
struct KnownAlarms {
  private let book: AlarmFiles?
  private let past: PastDeployments?

  init(_ options: ProjectOptions, _ past: PastDeployments?) {
    book = (try? options.existingStateFolder()).flatMap { $0.map { AlarmFiles(in: $0) } }
    self.past = past
  }

  /// How the alarm of a deployment stands, or how it ended; nil: it has none, or nothing is known of it.
  func line(of deployment: Deployment.ID, on surface: Surface) async -> String? {
    guard let book, let past, let record = try? book.record(of: deployment),
      case .planned(let plan)? = try? await past.entries(of: deployment).first?.fact, let alarm = plan.flow.alarm
    else { return nil }
    return AlarmReport(alarm, record, hosts: plan.hosts.count).line(
      on: surface, isWatched: book.isWatched(deployment), now: SystemClock.now)
  }

  /// The alarms of these deployments that go on. That of one which a newer one followed is over, whether somebody wrote that down or not.
  func open(among deployments: [DeploymentSummary], on surface: Surface) async -> [String] {
    var seen: [[String]] = []
    var lines: [String] = []
    for deployment in deployments where deployment.kind.task == nil && deployment.status != .refused {
      let place = [deployment.application, deployment.group]
      guard !seen.contains(place) else { continue }
      seen.append(place)
      guard let record = try? book?.record(of: deployment.id), record.end == nil, record.until > SystemClock.now,
        let line = await line(of: deployment.id, on: surface)
      else { continue }
      lines.append(line)
    }
    return lines
  }
}
