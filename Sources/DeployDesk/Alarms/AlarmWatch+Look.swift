import DeployCore
import DeployEngine
import DeployModel

extension AlarmWatch {
  /// Why the looks stopped.
  enum Course: Sendable {
    case ended(AlarmRecord.End, String?)
    /// Another deployment is working on the hosts.
    case paused
    /// The task was cancelled, or the watcher's own time limit passed before the alarm's time ended.
    case left
  }

  /// Looks at the hosts until the alarm ends.
  /// - Parameter sure: the counts of the looks, as they were when the hosts were last known to have the deployment's release.
  func look(
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
        // The machine might have been asleep, so the alarm's time might have ended long ago.
        if desk.now > record.until + alarm.every { return looker.verdict }
        looker.rang()
        record.seen = desk.now
        try book.save(record)
      case .late(let timer): for news in looker.late(timer, &group) { try take(news, looker, &record, tell) }
      case .found(let slot, let intent, let outcome):
        let news = looker.found(outcome, at: slot, of: intent)
        record.tally = looker.looks.tally
        if let news { try take(news, looker, &record, tell) }
      case .asks: looker.ask({ await occupancy(of: hosts) }, &group)
      case .asked(.over(let newer)): return .ended(.superseded, newer)
      case .asked(.busy), .asked(.gone): return .paused
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

  /// Reports what a look found. If a host was unhealthy, the result is saved to disk first.
  private func take(
    _ news: (words: String, isBad: Bool), _ looker: AlarmLooker, _ record: inout AlarmRecord, _ tell: (AlarmEvent) -> Void
  ) throws {
    record.tally = looker.looks.tally
    if news.isBad { try book.save(record) }
    tell(news.isBad ? .bad(news.words, record) : .silent(news.words, record))
  }
}

extension AlarmLooker {
  fileprivate var verdict: AlarmWatch.Course { .ended(looks.verdict.end, looks.verdict.reason) }
}
