package import DeployModel

/// A deployment that is replayed to the end of its journal. The recipe's sources get the recorded outside events again, in the recorded
/// order. The requests that the sources make are compared with the recorded requests, and are never replaced by them
/// (docs/decisions/004-journal-before-effect.md).
package struct Recovery {
  package struct Timer: Sendable, Hashable {
    package var number: Int
    package var after: Interval
    package var since: Timestamp
  }

  package private(set) var conductor: Conductor
  /// Whether the core received the event that starts the deployment. False if the engine died before that.
  package private(set) var hasStarted = false
  /// Journalled intents without an outcome. They are requested again, which attaches to operations that are still running.
  package private(set) var outstanding: [Intent] = []
  /// The outstanding intents that were being cancelled.
  package private(set) var cancelled: [Int] = []
  /// Effects that the core wanted but that the dead engine had not journalled, in order: intents, their cancellations, notes and a
  /// conclusion.
  package private(set) var unjournalled: [Effect] = []
  /// Timers that have not rung.
  package private(set) var timers: [Timer] = []
  /// How the deployment ended, or nil if it has not ended.
  package private(set) var conclusion: Conclusion?

  /// The error if the requests of the replay differ from the requests in the journal.
  package struct Divergence: Error, Sendable, Hashable {
    package var recorded: Intent
    /// What the replay asked for, or nil if there is nothing.
    package var again: Intent?
    /// The number of the entry that has the recorded intent.
    package var sequence: Int
    package init(recorded: Intent, again: Intent?, sequence: Int) {
      (self.recorded, self.again, self.sequence) = (recorded, again, sequence)
    }
  }

  /// - Parameters:
  ///   - entries: the entries from 0 on, without gaps. Entry 0 has the plan for which `scripts` were made.
  ///   - lapse: the rule that was disabled to test the checkers, or nil if no rule is disabled.
  /// - Throws: `Divergence` if the requests of the sources differ from the requests in the journal.
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
    // An engine that resumes asks the hosts for their locks, so it does not repeat a request to keep them.
    outstanding = intents.prefix(record.intents).filter { !record.isFinished($0.id) && !$0.operation.isPark }
    cancelled = cancelled.filter { $0 <= record.intents && !record.isFinished($0) }
    timers = record.timers
    unjournalled = Self.rest(of: wanted, after: record, concluded: conclusion != nil)
  }

  /// Returns the effects that were wanted but not journalled. Intents and notes are journalled in order, so that it is enough to count
  /// them.
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

  /// The numbers of the journal's entries by kind.
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
  /// Whether both intents ask for the same operation. Two parts are ignored: the time and the digest that a receipt gets when it is
  /// journalled, and the failed restore of an unlock, which older versions did not record.
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

  /// Returns the intent as it is journalled: a receipt gets its time and the digest of the journal's last entry. The time is never earlier
  /// than the times of earlier receipts on the hosts.
  package func sealed(at now: Timestamp, chain: Digest?) -> Intent {
    guard case .record(var receipt) = operation else { return self }
    receipt.at = max(now, receipt.at)
    receipt.chain = chain
    var copy = self
    copy.operation = .record(receipt)
    return copy
  }
}
