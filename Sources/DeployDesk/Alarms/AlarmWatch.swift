import DeployCore
import DeployEngine
package import DeployModel

/// The alarm of a deployment that has succeeded, for the process that watches it.
package struct AlarmWatch: Sendable {
  package let plan: Plan
  package let alarm: Alarm
  /// Numbers of the hosts that the deployment brought to its release.
  package let hosts: [Int]
  /// The alarm record at the time when this watch was created.
  package let record: AlarmRecord
  private let desk: Desk
  private let book: any AlarmBook

  /// The longest time between two questions whether another deployment has the hosts.
  static let asking = Interval.seconds(30)
  /// The most rollbacks that the alarm begins if each ends before it changes a host.
  static let most = 5

  init(_ plan: Plan, _ alarm: Alarm, hosts: [Int], record: AlarmRecord, desk: Desk, book: any AlarmBook) {
    self.plan = plan
    self.alarm = alarm
    self.hosts = hosts
    self.record = record
    self.desk = desk
    self.book = book
  }

  /// Watches until the alarm ends, and takes the hosts back if the alarm fires. If the task is cancelled, the watch stops.
  /// - Parameters:
  ///   - time: how long to watch at most; nil: until the alarm ends.
  ///   - tell: gets each event.
  ///   - goBack: runs the rollback.
  /// - Returns: the new record, the result of `goBack` (nil: this call began no rollback), and the state of the rollback (nil: there is
  ///   none).
  /// - Throws: if another process watches, the record cannot be written, or the hosts cannot go back. Then the alarm has no end, and the
  ///   next watcher tries again.
  package func watch<T>(
    in project: LoadedProject, upTo time: Interval? = nil, _ tell: @escaping (AlarmEvent) -> Void, goBack: (Plan) async throws -> T
  ) async throws -> (record: AlarmRecord, back: T?, retreat: AlarmRetreat?) {
    let claim = try book.claim(plan.id)
    defer { claim.release() }
    // The earlier watcher may have written since.
    var record = try book.record(of: plan.id) ?? record
    if record.end != nil { return (record, nil, try await desk.past.retreat(record.rollback)) }
    if let rollback = record.rollback {
      let retreat = try await desk.past.retreat(rollback)
      record = try follow(retreat, record)
      if record.end != nil || record.rollback != nil { return (record, nil, retreat) }
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
    let retreat = try await desk.past.retreat(plan.id)
    return (try follow(retreat, record), back, retreat)
  }

  private func cannotGoBack(_ record: AlarmRecord, _ problems: Problems) -> Problems {
    let first = Problem(
      "the alarm of deployment \(plan.id) fired, and its hosts cannot go back: \(record.reason ?? "too many looks were bad")",
      fix: "lander follow \(plan.id) --alarm tries again")
    return Problems([first] + problems.list, exit: problems.exit == .unreachable ? .unreachable : .held)
  }

  /// Records the state of the rollback that the alarm began. A rollback that changed nothing does not count, so that the next watcher tries
  /// again.
  private func follow(_ retreat: AlarmRetreat?, _ record: AlarmRecord) throws -> AlarmRecord {
    var record = record
    switch retreat {
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

  /// Numbers of the hosts that the group still has. If the project no longer has the recipe or the group, all hosts count.
  private func present(in project: LoadedProject) -> [Int] {
    let group = plan.subject.group.isEmpty ? nil : plan.subject.group
    guard let now = try? project.project.selection(recipe: plan.subject.recipe, group: group) else { return hosts }
    return hosts.filter { number in now.hosts.contains { $0.name.isExactly(plan.hosts[number].host.name) } }
  }

  /// Watches until the alarm ends or the task is cancelled. It waits while another deployment works on the hosts.
  /// - Parameters:
  ///   - hosts: the numbers of the hosts to look at.
  ///   - deadline: when the watcher wants to leave; nil: at the end of the alarm.
  /// - Returns: the new record. If the alarm fired, the record has no end yet, so that a crash before the rollback begins loses nothing.
  private func run(
    _ record: AlarmRecord, at hosts: [Int], upTo deadline: Timestamp?, _ tell: @escaping (AlarmEvent) -> Void
  ) async throws -> AlarmRecord {
    var record = record
    if hosts.isEmpty { return try settle(record, .superseded, "none of its hosts is in the group any more") }
    // What was counted when the hosts were known to be its own.
    var sure = record.tally
    var (waits, hasBegun): (String?, Bool) = (nil, false)
    while true {
      let tenure = await tenure(of: hosts)
      if case .over(let why) = tenure { return try settle(record, .superseded, why) }
      let left = record.until - desk.now
      if case .busy(let why) = tenure {
        if record.tally != sure { (record.tally, record.reason) = (sure, nil) }
        guard left > .zero else { return try outwaited(record, why) }
        if waits != why { tell(.waits(why, record)) }
        waits = why
        try book.save(record)
        if await !rest(min(Self.asking, left), until: deadline) { return record }
        continue
      }
      if record.tally.bad > alarm.allow {
        record.reason = record.reason ?? looks(at: hosts, for: .zero, after: record.tally).verdict.reason
        return record
      }
      guard left > .zero else { return try late(record, hosts) }
      if !hasBegun || waits != nil { tell(.began(record)) }
      (waits, hasBegun) = (nil, true)
      try book.save(record)
      let course = try await look(&record, &sure, at: hosts, for: left, upTo: deadline, tell)
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
  /// - Returns: whether to continue.
  private func rest(_ time: Interval, until deadline: Timestamp?) async -> Bool {
    let left = deadline.map { max($0 - desk.now, .zero) } ?? time
    await desk.ports.clock.sleep(min(time, left))
    return !Task.isCancelled && deadline.map { $0 > desk.now } ?? true
  }

  /// The alarm's time ended while another deployment worked on the hosts.
  private func outwaited(_ record: AlarmRecord, _ why: String) throws -> AlarmRecord {
    guard record.tally.bad > alarm.allow else { return try settle(record, .inconclusive, "\(why) at its end") }
    throw cannotGoBack(record, Problems(Problem(why)))
  }

  /// The alarm's time was over before anybody looked again.
  private func late(_ record: AlarmRecord, _ hosts: [Int]) throws -> AlarmRecord {
    if record.tally.looks == 0 { return try settle(record, .inconclusive, "nobody watched while it lasted") }
    let verdict = looks(at: hosts, for: .zero, after: record.tally).verdict
    return try settle(record, verdict.end, verdict.reason)
  }

  private func looks(at hosts: [Int], for left: Interval, after tally: AlarmRecord.Tally) -> AlarmLooks {
    AlarmLooks(alarm, names: plan.hosts.map(\.host.name), hosts: hosts, left: left, after: tally)
  }

  /// Records how the alarm ended.
  private func settle(_ record: AlarmRecord, _ end: AlarmRecord.End, _ reason: String?) throws -> AlarmRecord {
    var record = record
    (record.end, record.reason, record.seen) = (end, reason, desk.now)
    try book.save(record)
    return record
  }
}

extension AlarmWatch {
  /// Why the looks ended.
  fileprivate enum Course: Sendable {
    case ended(AlarmRecord.End, String?)
    /// Another deployment works on the hosts.
    case paused
    /// The task was cancelled, or the watcher's time ended before the alarm's time.
    case left
  }

  /// Looks until the alarm ends.
  /// - Parameter sure: the counts when the hosts were last known to have the deployment's release.
  private func look(
    _ record: inout AlarmRecord, _ sure: inout AlarmRecord.Tally, at hosts: [Int], for left: Interval, upTo deadline: Timestamp?,
    _ tell: @escaping (AlarmEvent) -> Void
  ) async throws -> Course {
    let fold = looks(at: hosts, for: left, after: record.tally)
    var looker = AlarmLooker(fold, of: plan, ports: desk.ports, by: desk.stage.identity())
    var (known, good) = (record, record.tally)
    let time = deadline.map { max($0 - desk.now, .zero) }
    let result = await withDiscardingTaskGroup(returning: Result<Course, any Error>.self) { group in
      if let time { looker.ring(.leaves, after: time, &group) }
      defer {
        looker.end(&group)
        group.cancelAll()
      }
      do { return .success(try await drive(&looker, &known, &good, at: hosts, for: left, &group, tell)) } catch { return .failure(error) }
    }
    (record, sure) = (known, good)
    return try result.get()
  }

  private func drive(
    _ looker: inout AlarmLooker, _ record: inout AlarmRecord, _ sure: inout AlarmRecord.Tally, at hosts: [Int], for left: Interval,
    _ group: inout DiscardingTaskGroup, _ tell: (AlarmEvent) -> Void
  ) async throws -> Course {
    let pause = max(alarm.every, Self.asking)
    looker.ring(.over, after: left + looker.looks.patience, &group)
    looker.ring(.asks, after: pause, &group)
    if let end = looker.turn(&group) { return .ended(end.end, end.reason) }
    for await event in looker.events {
      switch event {
      case .rang:
        // The machine may have slept.
        if desk.now > record.until + alarm.every { return looker.verdict }
        looker.rang()
        record.seen = desk.now
        try book.save(record)
      case .late(let timer): for news in looker.late(timer, &group) { try take(news, looker, &record, tell) }
      case .found(let slot, let intent, let outcome):
        let news = looker.found(outcome, at: slot, of: intent)
        record.tally = looker.looks.tally
        if let news { try take(news, looker, &record, tell) }
      case .asks: looker.ask({ await tenure(of: hosts) }, &group)
      case .asked(.over(let newer)): return .ended(.superseded, newer)
      case .asked(.busy): return .paused
      case .asked(.free):
        sure = record.tally
        looker.ring(.asks, after: pause, &group)
      case .over: return looker.verdict
      case .leaves: return .left
      }
      if let end = looker.turn(&group), end.end == .fired || !looker.awaitsLate { return .ended(end.end, end.reason) }
    }
    return .left
  }

  /// Reports what a look found. A bad look is durable before it is reported.
  private func take(
    _ news: (words: String, isBad: Bool), _ looker: AlarmLooker, _ record: inout AlarmRecord, _ tell: (AlarmEvent) -> Void
  ) throws {
    record.tally = looker.looks.tally
    if news.isBad { try book.save(record) }
    tell(news.isBad ? .bad(news.words, record) : .silent(news.words, record))
  }

  /// Who has the hosts now, by the journal and by the hosts' own answers. Hosts that do not answer do not count.
  @Sendable private func tenure(of hosts: [Int]) async -> AlarmTenure {
    let told = await desk.past.tenure(of: plan, hosts)
    guard told == .free else { return told }
    let all = (try? await desk.past.deployments()) ?? []
    return await withTaskGroup(of: AlarmTenure.self) { group in
      for number in hosts { group.addTask { await tenure(of: plan.hosts[number], all) } }
      var busy: AlarmTenure?
      for await found in group {
        if case .over = found { return found }
        if found != .free { busy = found }
      }
      return busy ?? .free
    }
  }

  private func tenure(of place: HostPlan, _ all: [DeploymentSummary]) async -> AlarmTenure {
    let host = place.host
    let survey = await desk.ports.transport.survey(
      host, at: host.place(plan.placement.path), application: plan.subject.application, group: plan.subject.group, shared: [])
    guard case .reached(let state) = survey else { return .free }
    if let holder = state.lock?.deployment, holder != plan.id {
      let known = all.first { $0.id == holder }
      // A task changes no release, and a lock that an ended deployment left holds nobody up.
      if known.map({ $0.kind.task == nil && $0.isOpen }) ?? true { return .busy("deployment \(holder) has \(host.name)") }
    }
    guard let receipt = state.receipt else { return .over("\(host.name) has no release of it any more") }
    return isOwn(receipt, at: place) ? .free : .over("\(host.name) has what deployment \(receipt.deployment) brought")
  }

  /// Whether a host has the deployment's release: from this deployment, from the deployment that it finished, or because it went back to
  /// it.
  private func isOwn(_ receipt: Receipt, at place: HostPlan) -> Bool {
    if receipt.deployment == plan.id || receipt.deployment == plan.flow.missing { return true }
    return receipt.release.id == place.target?.id && receipt.installedAt.map { $0 != receipt.at } == true
  }
}

extension AlarmLooker {
  fileprivate var verdict: AlarmWatch.Course { .ended(looks.verdict.end, looks.verdict.reason) }
}
