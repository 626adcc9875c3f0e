package import DeployModel

/// A deployment that is replayed to the end of its journal. The same sources get the recorded outside events again, in the recorded order.
/// The requests of the sources are compared with the record, never taken from it (docs/decisions/004-journal-before-effect.md).
package struct Recovery {
  package struct Timer: Sendable, Hashable {
    package var number: Int
    package var after: Interval
    package var since: Timestamp
  }

  package private(set) var conductor: Conductor
  /// Whether the core got its start event: an engine can die before that.
  package private(set) var hasStarted = false
  /// Journalled intents without an outcome. They are performed again, which attaches to them.
  package private(set) var outstanding: [Intent] = []
  /// The outstanding intents that were being cancelled.
  package private(set) var cancelled: [Int] = []
  /// Effects that the last turn wanted but did not journal, in order: intents, their cancellations, notes and a conclusion.
  package private(set) var unjournalled: [Effect] = []
  /// Timers that have not rung.
  package private(set) var timers: [Timer] = []
  /// How the deployment ended; nil: it has not ended.
  package private(set) var conclusion: Conclusion?

  /// Replay asked for something other than what the journal recorded.
  package struct Divergence: Error, Sendable, Hashable {
    package var recorded: Intent
    /// The request of the replay; nil: it requested nothing.
    package var again: Intent?
    /// Number of the entry that holds the recorded request.
    package var sequence: Int
  }

  /// - Parameters:
  ///   - entries: from entry 0 on, without gaps; entry 0 holds the plan that `scripts` were made for.
  ///   - lapse: the rule that was disabled, for tests of the checkers.
  /// - Throws: `Divergence` if the sources ask for something else than the journal recorded.
  package init(replaying entries: [Entry], of plan: Plan, scripts: any Scripts, lapse: Lapse? = nil) throws(Divergence) {
    conductor = Conductor(plan: plan, scripts: scripts, lapse: lapse)
    var wanted: [Effect] = []
    var intents: [Intent] = []
    var record = Record()
    for entry in entries {
      switch entry.fact {
      case .planned, .resumed: continue
      case .noted: record.notes += 1
      case .concluded(let end): conclusion = end
      case .intended(let intent):
        let again = record.intents < intents.count ? intents[record.intents] : nil
        guard let again, again.isSame(as: intent) else {
          throw Divergence(recorded: intent, again: again, sequence: entry.sequence)
        }
        intents[record.intents] = intent
        record.intents += 1
      case .happened(let happening):
        hasStarted = true
        record.take(happening)
        for effect in conductor.take(happening) {
          switch effect {
          case .perform(let intent): intents.append(intent)
          case .ring(let timer, let after): record.timers.append(Timer(number: timer, after: after, since: entry.at))
          case .cancel(let intent): cancelled.append(intent)
          default: break
          }
          wanted.append(effect)
        }
      }
    }
    // An engine that resumes asks hosts for their locks, so hosts that had to keep theirs are not asked again.
    outstanding = intents.prefix(record.intents).filter { !record.isFinished($0.id) && !$0.operation.isPark }
    cancelled = cancelled.filter { $0 <= record.intents && !record.isFinished($0) }
    timers = record.timers
    unjournalled = Self.rest(of: wanted, after: record, concluded: conclusion != nil)
  }

  /// Effects that were requested but not yet journalled. Intents and notes are journalled in order, so it is enough to count them.
  private static func rest(of wanted: [Effect], after record: Record, concluded: Bool) -> [Effect] {
    var (intents, notes) = (0, 0)
    return wanted.filter { effect in
      switch effect {
      case .perform:
        intents += 1
        return intents > record.intents
      case .note:
        notes += 1
        return notes > record.notes
      case .cancel(let intent): return intent > record.intents
      case .conclude: return !concluded
      default: return false
      }
    }
  }

  /// Counts of the journal's entries by kind.
  private struct Record {
    var intents = 0
    var notes = 0
    var finished: [Bool] = []
    var timers: [Timer] = []

    mutating func take(_ happening: Happening) {
      switch happening {
      case .finished(let intent, _):
        while finished.count <= intent { finished.append(false) }
        finished[intent] = true
      case .rang(let timer): timers.removeAll { $0.number == timer }
      default: break
      }
    }

    func isFinished(_ intent: Int) -> Bool { intent < finished.count && finished[intent] }
  }
}

extension DeployModel.Operation {
  fileprivate var isPark: Bool { if case .park = self { true } else { false } }
}

extension Intent {
  /// Whether both intents ask for the same. Two parts are ignored: a receipt's time and chain head, which it gets when it is journalled;
  /// and what a host should remember, which older versions did not include.
  package func isSame(as other: Intent) -> Bool { unsealed == other.unsealed }

  private var unsealed: Intent {
    var copy = self
    switch operation {
    case .record(var receipt):
      receipt.at = Timestamp(milliseconds: 0)
      receipt.chain = nil
      copy.operation = .record(receipt)
    case .unlock(let token, let good, _): copy.operation = .unlock(token: token, good: good)
    default: break
    }
    return copy
  }

  /// The intent as it is journalled: a receipt gets its time and its place in the chain. The receipt is never older than earlier receipts
  /// on the hosts.
  package func sealed(at now: Timestamp, chain: Digest?) -> Intent {
    guard case .record(var receipt) = operation else { return self }
    receipt.at = max(now, receipt.at)
    receipt.chain = chain
    var copy = self
    copy.operation = .record(receipt)
    return copy
  }
}
