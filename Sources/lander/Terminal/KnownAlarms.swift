import DeployCore
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
    guard let known = await known(deployment) else { return nil }
    return known.report.line(on: surface, isWatched: book?.isWatched(deployment) ?? false, now: SystemClock.now)
  }

  /// The alarms of these deployments that go on, and those that fired and whose hosts are not back. That of one whose hosts have something
  /// newer is over, whether somebody wrote that down or not.
  func open(among deployments: [DeploymentSummary], on surface: Surface) async -> [String] {
    var lines: [String] = []
    for deployment in deployments where deployment.kind == .deploy && deployment.status == .succeeded {
      guard let record = try? book?.record(of: deployment.id), record.end == nil || record.end == .fired,
        let known = await known(deployment.id), known.report.hasFired || record.until > SystemClock.now, known.standing != .back,
        await past?.hasNewer(known) == false
      else { continue }
      let line = known.report.line(on: surface, isWatched: book?.isWatched(deployment.id) ?? false, now: SystemClock.now)
      lines.append(line)
    }
    return lines
  }

  /// Hosts of a group that lack its revision; nil: none does, nothing can be brought to them now, or the revision's alarm fired, so that it
  /// is not one to bring to more hosts.
  func missing(in found: Surveyed) async throws -> MissingHosts? {
    guard let past, let missing = try await past.missing(in: found) else { return nil }
    return await known(missing.goal.deployment)?.report.hasFired == true ? nil : missing
  }

  /// What is known of one alarm.
  fileprivate struct Known {
    let plan: Plan
    /// Numbers of the hosts that are looked at.
    let hosts: [Int]
    let record: AlarmRecord
    let standing: AlarmRollback?
    let report: AlarmReport
  }

  private func known(_ deployment: Deployment.ID) async -> Known? {
    guard let past, let record = try? book?.record(of: deployment), let entries = try? await past.outline(of: deployment),
      case .planned(let plan)? = entries.first?.fact, let alarm = plan.flow.alarm, case .concluded(let end)? = entries.last?.fact
    else { return nil }
    let hosts = plan.alarmed(end)
    let standing = (try? await past.standing(of: record.rollback)) ?? nil
    let report = AlarmReport(alarm, record, hosts: hosts.count, of: plan.subject, standing: standing)
    return Known(plan: plan, hosts: hosts, record: record, standing: standing, report: report)
  }
}

extension PastDeployments {
  /// Whether something newer has the hosts of an alarm.
  fileprivate func hasNewer(_ known: KnownAlarms.Known) async -> Bool {
    if case .over = await occupancy(of: known.plan, known.hosts, besides: known.record.rollback) { true } else { false }
  }
}
