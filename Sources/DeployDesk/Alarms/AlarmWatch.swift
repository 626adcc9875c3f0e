import DeployCore
import DeployEngine
package import DeployModel

/// The alarm of a deployment that has succeeded, for whoever watches it.
package struct AlarmWatch: Sendable {
  package let plan: Plan
  package let alarm: Alarm
  /// Numbers of the hosts that the deployment brought to its release.
  package let hosts: [Int]
  /// As it was when this was made.
  package let record: AlarmRecord
  private let desk: Desk
  private let book: any AlarmBook

  /// How often it is asked at least whether something newer has the hosts.
  static let asking = Interval.seconds(30)

  init(_ plan: Plan, _ alarm: Alarm, hosts: [Int], record: AlarmRecord, desk: Desk, book: any AlarmBook) {
    self.plan = plan
    self.alarm = alarm
    self.hosts = hosts
    self.record = record
    self.desk = desk
    self.book = book
  }

  /// Watches until the alarm ends, and takes the hosts back if it fires. If its task is cancelled, it stops watching.
  /// - Parameters:
  ///   - time: how long to watch at most; nil: to the end.
  ///   - tell: hears what happens.
  ///   - goBack: runs the rollback.
  /// - Returns: the record as it is then, and what `goBack` returned; nil: no rollback was begun.
  /// - Throws: if another process watches, the record cannot be written, or the hosts cannot go back: then the alarm has no end, and
  ///   whoever watches it next tries again.
  package func watch<T>(
    in project: LoadedProject, upTo time: Interval? = nil, _ tell: @escaping (AlarmEvent) -> Void, goBack: (Plan) async throws -> T
  ) async throws -> (record: AlarmRecord, back: T?) {
    let claim = try book.claim(plan.id)
    defer { claim.release() }
    var record = try await run(upTo: time, tell)
    guard record.end == nil, record.tally.bad > alarm.allow, !Task.isCancelled else { return (record, nil) }
    tell(.fires(record))
    let rollback: Plan
    do { rollback = try await desk.planRollback(for: self, record, in: project) } catch let problems as Problems {
      throw cannotGoBack(record, problems)
    }
    if Task.isCancelled { return (record, nil) }
    record.rollback = rollback.id
    try book.save(record)
    let back = try await goBack(rollback)
    return (try settle(record, .fired, record.reason), back)
  }

  private func cannotGoBack(_ record: AlarmRecord, _ problems: Problems) -> Problems {
    let first = Problem(
      "the alarm of deployment \(plan.id) fired, and its hosts cannot go back: \(record.reason ?? "too many looks were bad")",
      fix: "lander follow \(plan.id) --alarm tries again")
    return Problems([first] + problems.list, exit: .held)
  }

  /// Watches until the alarm ends, or its task is cancelled.
  /// - Returns: the record as it is then. One that fired has no end yet, so that a crash before the rollback begins loses nothing.
  private func run(upTo time: Interval?, _ tell: @escaping (AlarmEvent) -> Void) async throws -> AlarmRecord {
    // The earlier watcher may have written since.
    var record = try book.record(of: plan.id) ?? record
    if record.end != nil { return record }
    if let back = record.rollback, try await desk.past.knows(back) { return try settle(record, .fired, record.reason) }
    if let newer = await newer() { return try settle(record, .superseded, newer) }
    let left = record.until - desk.now
    let hasFired = record.tally.bad > alarm.allow
    guard left > .zero || hasFired else {
      if record.tally.looks == 0 { return try settle(record, .inconclusive, "nobody watched while it lasted") }
      let names = plan.hosts.map(\.host.name)
      let verdict = AlarmLooks(alarm, names: names, hosts: hosts, left: .zero, after: record.tally).verdict
      return try settle(record, verdict.end, verdict.reason)
    }
    tell(.began(record))
    try book.save(record)
    let found = try await look(&record, for: left, upTo: time, tell)
    record.seen = desk.now
    if let found, found.end != .fired { return try settle(record, found.end, found.reason) }
    record.reason = found?.reason
    try book.save(record)
    if found != nil, let newer = await newer() { return try settle(record, .superseded, newer) }
    return record
  }

  /// Writes down how it ended.
  private func settle(_ record: AlarmRecord, _ end: AlarmRecord.End, _ reason: String?) throws -> AlarmRecord {
    var record = record
    (record.end, record.reason, record.seen) = (end, reason, desk.now)
    try book.save(record)
    return record
  }

  /// Looks until the alarm ends.
  /// - Returns: how; nil: its task was cancelled, or its time is over before the alarm's.
  private func look(
    _ record: inout AlarmRecord, for left: Interval, upTo time: Interval?, _ tell: @escaping (AlarmEvent) -> Void
  ) async throws -> (end: AlarmRecord.End, reason: String?)? {
    var looker = AlarmLooker(
      AlarmLooks(alarm, names: plan.hosts.map(\.host.name), hosts: hosts, left: left, after: record.tally), of: plan, ports: desk.ports,
      by: desk.stage.identity())
    var known = record
    let result = await withDiscardingTaskGroup(returning: Result<(end: AlarmRecord.End, reason: String?)?, any Error>.self) { group in
      if let time { looker.ring(.leaves, after: time, &group) }
      defer {
        looker.end(&group)
        group.cancelAll()
      }
      do { return .success(try await drive(&looker, &known, for: left, &group, tell)) } catch { return .failure(error) }
    }
    record = known
    return try result.get()
  }

  private func drive(
    _ looker: inout AlarmLooker, _ record: inout AlarmRecord, for left: Interval, _ group: inout DiscardingTaskGroup,
    _ tell: (AlarmEvent) -> Void
  ) async throws -> (end: AlarmRecord.End, reason: String?)? {
    let pause = max(alarm.every, Self.asking)
    looker.ring(.over, after: left + looker.looks.patience, &group)
    looker.ring(.asks, after: pause, &group)
    if let end = looker.turn(&group) { return end }
    for await event in looker.events {
      switch event {
      case .rang:
        // The machine may have slept.
        if desk.now > record.until + alarm.every { return looker.looks.verdict }
        looker.rang()
        record.seen = desk.now
        try book.save(record)
      case .late(let timer): for news in looker.late(timer, &group) { try take(news, looker, &record, tell) }
      case .found(let slot, let intent, let outcome):
        let news = looker.found(outcome, at: slot, of: intent)
        record.tally = looker.looks.tally
        if let news { try take(news, looker, &record, tell) }
      case .asks: looker.ask(newer, &group)
      case .asked(let newer?): return (.superseded, newer)
      case .asked(nil): looker.ring(.asks, after: pause, &group)
      case .over: return looker.looks.verdict
      case .leaves: return nil
      }
      if let end = looker.turn(&group), end.end == .fired || !looker.awaitsLate { return end }
    }
    return nil
  }

  /// Tells what a look found. A bad one is durable before it is told.
  private func take(
    _ news: (words: String, isBad: Bool), _ looker: AlarmLooker, _ record: inout AlarmRecord, _ tell: (AlarmEvent) -> Void
  ) throws {
    record.tally = looker.looks.tally
    if news.isBad { try book.save(record) }
    tell(news.isBad ? .bad(news.words, record) : .silent(news.words, record))
  }
}

extension AlarmWatch {
  /// What newer thing has the hosts, in words; nil: none is known. A task changes no release, so it is none. A host that does not answer
  /// says nothing.
  @Sendable func newer() async -> String? {
    let all = (try? await desk.past.deployments()) ?? []
    func changes(_ id: Deployment.ID) -> Bool { all.first { $0.id == id }.map { $0.kind.task == nil } ?? true }
    if let newer = all.first(where: { isNewer($0) }) { return "\(newer.kind.words.named(newer.id)) is newer" }
    return await withTaskGroup(of: String?.self) { group in
      for number in hosts {
        group.addTask { [plan, desk] in
          let host = plan.hosts[number].host
          let survey = await desk.ports.transport.survey(
            host, at: host.place(plan.placement.path), application: plan.subject.application, group: plan.subject.group, shared: [])
          guard case .reached(let state) = survey else { return nil }
          if let holder = state.lock?.deployment, holder != plan.id, changes(holder) { return "deployment \(holder) has \(host.name)" }
          guard let runs = state.receipt?.deployment, runs != plan.id else {
            return state.receipt == nil ? "\(host.name) has no release of it any more" : nil
          }
          return "\(host.name) has what deployment \(runs) brought"
        }
      }
      for await found in group { if let found { return found } }
      return nil
    }
  }

  private func isNewer(_ other: DeploymentSummary) -> Bool {
    guard other.id != plan.id, other.began > plan.origin.at, other.kind.task == nil, other.status != .refused else { return false }
    return other.application.isExactly(plan.subject.application) && other.group.isExactly(plan.subject.group)
  }
}
