package import DeployModel

/// The checks of an alarm. Each check asks one host, or asks once on the engine's machine for all hosts. The driver of these checks has no
/// journal and no lock. A check that gets no answer never fires the alarm.
package struct AlarmChecks: Sendable, Hashable {
  /// The driver's next action.
  package enum Move: Sendable, Hashable {
    /// Begin a round of checks. `timer` ends the checks of the round that get no answer in time.
    /// - another: whether a further round follows after the interval between two checks.
    case round(timer: Int, another: Bool)
    /// Check these slots now.
    case check([Int])
    /// Wait for answers, or for the next round.
    case wait
    case end(AlarmRecord.End, String?)
  }

  package let alarm: Alarm
  /// The counts of checks, including the checks of earlier watchers.
  package private(set) var tally: AlarmRecord.Tally
  private var checking: Checking

  /// - Parameters:
  ///   - names: the names of all hosts, by number.
  ///   - hosts: the numbers of the hosts to check.
  ///   - time: the remaining time of the alarm.
  ///   - tally: the counts of the checks that earlier watchers have made.
  package init(_ alarm: Alarm, names: [String], hosts: [Int], left time: Interval, after tally: AlarmRecord.Tally = .init()) {
    self.alarm = alarm
    self.tally = tally
    checking = Checking(alarm.watch(of: hosts, for: time, after: tally.bad), names: names)
  }

  /// For each slot of the watch, the machine that is checked: a host, or the engine's machine.
  package var places: [Place] { checking.places }

  /// How long a round waits for the answers to its checks.
  package var patience: Interval { alarm.limit + Watch.answer }

  package mutating func next() -> Move {
    if tally.bad > alarm.allow { return .end(verdict.end, verdict.reason) }
    switch checking.next(mayBegin: true) {
    case .round(let timer, let another): return .round(timer: timer, another: another)
    case .check(let slots): return .check(slots)
    case .wait, .hold, .rest: return .wait
    case .end: return .end(verdict.end, verdict.reason)
    }
  }

  /// Records that the interval between two checks is over.
  package mutating func rang() { checking.rang() }

  /// Returns the slots whose checks this timer ends.
  package mutating func late(_ timer: Int) -> [Int] { checking.late(timer) }

  /// Returns a further timer if the earlier timers do not end all checks under way, or nil if no further timer is needed.
  package mutating func anotherTimer() -> Int? { checking.anotherTimer() }

  /// Records the answer to a check.
  package mutating func found(_ outcome: Outcome, at slot: Int) { take(Checking.Finding(outcome), at: slot, isLate: false) }

  /// Records that a check got no answer within its time limit.
  package mutating func gaveUp(_ slot: Int) { take(.silent("it gave no answer within \(alarm.limit)"), at: slot, isLate: true) }

  /// Records an answer that came after its check had timed out. The late answer replaces the missing one.
  package mutating func cameLate(_ outcome: Outcome, at slot: Int) {
    let finding = Checking.Finding(outcome)
    if case .silent = finding { return }
    tally.unanswered -= 1
    count(finding, at: slot)
  }

  private mutating func take(_ finding: Checking.Finding, at slot: Int, isLate: Bool) {
    checking.found(finding, at: slot, isLate: isLate)
    tally.looks += 1
    count(finding, at: slot)
  }

  private mutating func count(_ finding: Checking.Finding, at slot: Int) {
    let name = checking.name(of: slot)
    if case .silent = finding {
    } else if !(tally.heard ?? []).contains(where: { $0.isExactly(name) }) {
      tally.heard = (tally.heard ?? []) + [name]
    }
    switch finding {
    case .good, .measured: break
    case .bad(let message):
      tally.bad += 1
      if tally.firstBad == nil { tally.firstBad = "\(name): \(message)" }
    case .silent(let reason):
      tally.unanswered += 1
      if tally.firstSilence == nil { tally.firstSilence = "\(name): \(reason)" }
    }
  }

  /// The outcome of the alarm if no further check is made.
  package var verdict: (end: AlarmRecord.End, reason: String?) {
    if tally.bad > alarm.allow {
      return (.fired, (tally.firstBad ?? "") + (alarm.allow == 0 ? "" : " (failed checks: \(tally.bad), allowed: \(alarm.allow))"))
    }
    if tally.answered == 0 { return (.inconclusive, tally.firstSilence) }
    let unheard = unheard
    if let first = unheard.first {
      let names = unheard.prefix(8).joined(separator: ", ") + (unheard.count > 8 ? " and \(unheard.count - 8) more" : "")
      let why = tally.firstSilence.flatMap { $0.hasPrefix("\(first): ") ? " (\($0.dropFirst(first.count + 2)))" : nil } ?? ""
      return (.inconclusive, "\(names) never answered\(why)")
    }
    guard tally.unanswered > 0 else { return (.passed, nil) }
    return (.passed, "\(tally.unanswered) of \(tally.looks) checks got no answer, the first from \(tally.firstSilence ?? "nobody")")
  }

  /// The names of the hosts that have not answered any check. Also empty if an older version recorded the counts, because such counts lack
  /// the names.
  private var unheard: [String] {
    let names = places.indices.map { checking.name(of: $0) }
    guard let heard = tally.heard else { return [] }
    return names.filter { name in !heard.contains { $0.isExactly(name) } }
  }
}
