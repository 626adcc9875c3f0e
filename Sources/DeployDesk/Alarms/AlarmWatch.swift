import DeployCore
import DeployEngine
package import DeployModel

/// The alarm of a deployment that has succeeded, as the process that watches the hosts uses it.
package struct AlarmWatch: Sendable {
  package let plan: Plan
  package let alarm: Alarm
  /// The numbers of the hosts that got the deployment's release.
  package let hosts: [Int]
  /// The alarm's record when this value was created.
  package let record: AlarmRecord
  let desk: Desk
  let book: any AlarmBook

  /// The watcher asks at least this often whether another deployment has the hosts.
  static let asking = Interval.seconds(30)
  /// The largest number of rollbacks that the alarm starts. The alarm starts another rollback only if the previous one ended before it
  /// changed a host.
  static let most = 5

  init(_ plan: Plan, _ alarm: Alarm, hosts: [Int], record: AlarmRecord, desk: Desk, book: any AlarmBook) {
    self.plan = plan
    self.alarm = alarm
    self.hosts = hosts
    self.record = record
    self.desk = desk
    self.book = book
  }

  /// Watches until the alarm ends or the task is cancelled. If the alarm fires, the hosts are rolled back.
  /// - Parameters:
  ///   - time: the longest time to watch, or nil to watch until the alarm ends.
  ///   - tell: receives each event.
  ///   - goBack: runs the rollback.
  /// - Returns: the new record, the result of `goBack` (nil if this call started no rollback), and the rollback's state (nil if there is no
  ///   rollback).
  /// - Throws: if another process is watching, the record cannot be written, or the hosts cannot be rolled back. The alarm then stays open,
  ///   and the next watcher tries again.
  package func watch<T>(
    in project: LoadedProject, upTo time: Interval? = nil, _ tell: @escaping (AlarmEvent) -> Void, goBack: (Plan) async throws -> T
  ) async throws -> (record: AlarmRecord, back: T?, standing: AlarmRollback?) {
    let claim = try book.claim(plan.id)
    defer { claim.release() }
    // Another watcher might have written the record since this one read it.
    var record = try book.record(of: plan.id) ?? record
    if record.end != nil { return (record, nil, try await desk.past.standing(of: record.rollback)) }
    if let rollback = record.rollback {
      let standing = try await desk.past.standing(of: rollback)
      record = try follow(standing, record)
      if record.end != nil || record.rollback != nil { return (record, nil, standing) }
    }
    record = try await run(record, at: present(in: project), upTo: time.map { desk.now + $0 }, tell)
    guard record.end == nil, record.tally.bad > alarm.allow, !Task.isCancelled else { return (record, nil, nil) }
    tell(.fires(record))
    let plan: Plan
    do { plan = try await desk.planRollback(for: self, record, in: project) } catch let problems as Problems {
      throw cannotGoBack(record, problems)
    }
    if Task.isCancelled { return (record, nil, nil) }
    record.rollback = plan.id
    try book.save(record)
    let back = try await goBack(plan)
    let standing = try await desk.past.standing(of: plan.id)
    return (try follow(standing, record), back, standing)
  }

  private func cannotGoBack(_ record: AlarmRecord, _ problems: Problems) -> Problems {
    let first = Problem(
      "the alarm of deployment \(plan.id) fired, and its hosts cannot go back: \(record.reason ?? "too many checks failed")",
      fix: "lander follow \(plan.id) --alarm tries again")
    return Problems([first] + problems.list, exit: problems.exit == .unreachable ? .unreachable : .held)
  }

  /// Records the state of the rollback that the alarm started. If the rollback changed nothing, it does not count, and the next watcher
  /// tries again.
  private func follow(_ standing: AlarmRollback?, _ record: AlarmRecord) throws -> AlarmRecord {
    var record = record
    switch standing {
    case .back?, .failed?, .held?: return try settle(record, .fired, record.reason)
    case .running?, .interrupted?: return record
    case .idle?:
      record.tries = (record.tries ?? 0) + 1
      if record.tries ?? 0 >= Self.most { return try settle(record, .fired, record.reason) }
      record.rollback = nil
    case nil: record.rollback = nil
    }
    try book.save(record)
    return record
  }

  /// Returns the numbers of the hosts that are still in the group. If the project no longer has the recipe or the group, returns all hosts.
  private func present(in project: LoadedProject) -> [Int] {
    let group = plan.subject.group.isEmpty ? nil : plan.subject.group
    guard let now = try? project.project.selection(recipe: plan.subject.recipe, group: group) else { return hosts }
    return hosts.filter { number in now.hosts.contains { $0.name.isExactly(plan.hosts[number].host.name) } }
  }

  /// Watches until the alarm ends or the task is cancelled. Pauses while another deployment is working on the hosts.
  /// - Parameters:
  ///   - hosts: the numbers of the hosts to check.
  ///   - deadline: the time at which this watcher stops, or nil to watch until the alarm ends.
  /// - Returns: the new record. If the alarm fired, it is still open in the record, so that a crash before the rollback loses nothing.
  private func run(
    _ record: AlarmRecord, at hosts: [Int], upTo deadline: Timestamp?, _ tell: @escaping (AlarmEvent) -> Void
  ) async throws -> AlarmRecord {
    var (record, hosts) = (record, hosts)
    if hosts.isEmpty { return try settle(record, .superseded, "none of its hosts is in the group any more") }
    // The counts of the checks, as they were when the hosts were last known to have the deployment's release.
    var sure = record.tally
    var (waits, hasBegun): (String?, Bool) = (nil, false)
    while true {
      let occupancy = await occupancy(of: hosts)
      if case .over(let why) = occupancy { return try settle(record, .superseded, why) }
      if case .gone(let gone) = occupancy {
        hosts.removeAll(where: gone.contains)
        if hosts.isEmpty { return try settle(record, .superseded, "none of its hosts has a release of it any more") }
        tell(.leavesOut(gone.map { plan.hosts[$0].host.name }, record, rest: hosts.count))
      }
      let left = record.until - desk.now
      if case .busy(let why) = occupancy {
        if record.tally != sure { (record.tally, record.reason) = (sure, nil) }
        guard left > .zero else { return try outwaited(record, why) }
        if waits != why { tell(.waits(why, record)) }
        waits = why
        try book.save(record)
        if await !rest(min(Self.asking, left), until: deadline) { return record }
        continue
      }
      if record.tally.bad > alarm.allow {
        record.reason = record.reason ?? checks(at: hosts, for: .zero, after: record.tally).verdict.reason
        return record
      }
      guard left > .zero else { return try late(record, hosts) }
      if !hasBegun || waits != nil { tell(.began(record, hosts: hosts.count)) }
      (waits, hasBegun) = (nil, true)
      try book.save(record)
      let course = try await check(&record, &sure, at: hosts, for: left, upTo: deadline, tell)
      record.seen = desk.now
      switch course {
      case .ended(.fired, let reason): record.reason = reason
      case .ended(let end, let reason): return try settle(record, end, reason)
      case .paused: record.tally = sure
      case .left:
        try book.save(record)
        return record
      }
      try book.save(record)
    }
  }

  /// Waits.
  /// - Returns: whether the watch continues afterwards.
  private func rest(_ time: Interval, until deadline: Timestamp?) async -> Bool {
    let left = deadline.map { max($0 - desk.now, .zero) } ?? time
    await desk.ports.clock.sleep(min(time, left))
    return !Task.isCancelled && deadline.map { $0 > desk.now } ?? true
  }

  /// Handles an alarm whose time ends while another deployment is working on the hosts.
  private func outwaited(_ record: AlarmRecord, _ why: String) throws -> AlarmRecord {
    guard record.tally.bad > alarm.allow else { return try settle(record, .inconclusive, "\(why) at its end") }
    throw cannotGoBack(record, Problems(Problem(why)))
  }

  /// Handles an alarm whose time ended while nobody was watching.
  private func late(_ record: AlarmRecord, _ hosts: [Int]) throws -> AlarmRecord {
    if record.tally.looks == 0 { return try settle(record, .inconclusive, "nobody watched while it lasted") }
    let verdict = checks(at: hosts, for: .zero, after: record.tally).verdict
    return try settle(record, verdict.end, verdict.reason)
  }

  func checks(at hosts: [Int], for left: Interval, after tally: AlarmRecord.Tally) -> AlarmChecks {
    AlarmChecks(alarm, names: plan.hosts.map(\.host.name), hosts: hosts, left: left, after: tally)
  }

  /// Records how the alarm ended.
  private func settle(_ record: AlarmRecord, _ end: AlarmRecord.End, _ reason: String?) throws -> AlarmRecord {
    var record = record
    (record.end, record.reason, record.seen) = (end, reason, desk.now)
    try book.save(record)
    return record
  }
}
