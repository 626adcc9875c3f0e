import DeployCore
import DeployEngine
import DeployModel

extension AlarmWatch {
  /// Why the checks stopped.
  enum Course: Sendable {
    case ended(AlarmRecord.End, String?)
    /// Another deployment is working on the hosts.
    case paused
    /// The task was cancelled, or the watcher's own time limit passed before the alarm's time ended.
    case left
  }

  /// Checks the hosts until the alarm ends.
  /// - Parameter sure: the counts of the checks, as they were when the hosts were last known to have the deployment's release.
  func check(
    _ record: inout AlarmRecord, _ sure: inout AlarmRecord.Tally, at hosts: [Int], for left: Interval, upTo deadline: Timestamp?,
    _ tell: @escaping (AlarmEvent) -> Void
  ) async throws -> Course {
    let fold = checks(at: hosts, for: left, after: record.tally)
    var checker = AlarmChecker(fold, of: plan, ports: desk.ports, by: desk.stage.identity())
    var (known, good) = (record, record.tally)
    let time = deadline.map { max($0 - desk.now, .zero) }
    let result = await withDiscardingTaskGroup(returning: Result<Course, any Error>.self) { group in
      if let time { checker.ring(.leaves, after: time, &group) }
      defer {
        checker.end(&group)
        group.cancelAll()
      }
      do { return .success(try await drive(&checker, &known, &good, at: hosts, for: left, &group, tell)) } catch { return .failure(error) }
    }
    (record, sure) = (known, good)
    return try result.get()
  }

  private func drive(
    _ checker: inout AlarmChecker, _ record: inout AlarmRecord, _ sure: inout AlarmRecord.Tally, at hosts: [Int], for left: Interval,
    _ group: inout DiscardingTaskGroup, _ tell: (AlarmEvent) -> Void
  ) async throws -> Course {
    let pause = max(alarm.every, Self.asking)
    checker.ring(.over, after: left + checker.checks.patience, &group)
    checker.ring(.asks, after: pause, &group)
    if let end = checker.turn(&group) { return .ended(end.end, end.reason) }
    for await event in checker.events {
      switch event {
      case .rang:
        // The machine might have been asleep, so the alarm's time might have ended long ago.
        if desk.now > record.until + alarm.every { return checker.verdict }
        checker.rang()
        record.seen = desk.now
        try book.save(record)
      case .late(let timer): for news in checker.late(timer, &group) { try take(news, checker, &record, tell) }
      case .found(let slot, let intent, let outcome):
        let news = checker.found(outcome, at: slot, of: intent)
        record.tally = checker.checks.tally
        if let news { try take(news, checker, &record, tell) }
      case .asks: checker.ask({ await occupancy(of: hosts) }, &group)
      case .asked(.over(let newer)): return .ended(.superseded, newer)
      case .asked(.busy), .asked(.gone): return .paused
      case .asked(.free):
        sure = record.tally
        checker.ring(.asks, after: pause, &group)
      case .over: return checker.verdict
      case .leaves: return .left
      }
      if let end = checker.turn(&group), end.end == .fired || !checker.awaitsLate { return .ended(end.end, end.reason) }
    }
    return .left
  }

  /// Reports what a check found. If a host was unhealthy, the result is saved to disk first.
  private func take(
    _ news: (words: String, isBad: Bool), _ checker: AlarmChecker, _ record: inout AlarmRecord, _ tell: (AlarmEvent) -> Void
  ) throws {
    record.tally = checker.checks.tally
    if news.isBad { try book.save(record) }
    tell(news.isBad ? .bad(news.words, record) : .silent(news.words, record))
  }
}

extension AlarmChecker {
  fileprivate var verdict: AlarmWatch.Course { .ended(checks.verdict.end, checks.verdict.reason) }
}
