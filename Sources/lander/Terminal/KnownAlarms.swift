import DeployCore
import DeployDesk
import DeployModel
import DeployReport

/// What this state folder knows about alarms, for commands that report deployments.
struct KnownAlarms {
  private let book: AlarmFiles?
  private let past: PastDeployments?

  init(_ options: ProjectOptions, _ past: PastDeployments?) {
    book = (try? options.existingStateFolder()).flatMap { $0.map { AlarmFiles(in: $0) } }
    self.past = past
  }

  /// Returns a line with the state or the result of a deployment's alarm. Returns nil if the deployment has no alarm, or if nothing is
  /// known about the alarm.
  func line(of deployment: Deployment.ID, on surface: Surface) async -> String? {
    guard let known = await known(deployment) else { return nil }
    return known.report.line(on: surface, isWatched: book?.isWatched(deployment) ?? false, now: SystemClock.now)
  }

  /// Returns lines about two kinds of alarms of these deployments: those that are still running, and those that have fired but whose hosts
  /// were not rolled back. If the hosts of a deployment have something newer, the deployment's alarm has ended, even if no record says so.
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

  /// Returns the hosts of a group that lack the group's revision. Returns nil if no host lacks the revision, or if it cannot be deployed to
  /// them now. Also returns nil if the revision's alarm has fired, because then no more hosts should get it.
  func missing(in found: Surveyed) async throws -> MissingHosts? {
    guard let past, let missing = try await past.missing(in: found) else { return nil }
    return await known(missing.goal.deployment)?.report.hasFired == true ? nil : missing
  }

  /// What this state folder knows about one alarm.
  fileprivate struct Known {
    let plan: Plan
    /// The numbers of the hosts that the alarm watches.
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
    let report = AlarmReport(alarm, record, of: plan.subject, standing: standing)
    return Known(plan: plan, hosts: hosts, record: record, standing: standing, report: report)
  }
}

extension PastDeployments {
  /// Returns whether a newer deployment has the hosts of an alarm.
  fileprivate func hasNewer(_ known: KnownAlarms.Known) async -> Bool {
    if case .over = await occupancy(of: known.plan, known.hosts, besides: known.record.rollback) { true } else { false }
  }
}
