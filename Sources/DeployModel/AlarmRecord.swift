/// What is known of the alarm of one deployment, `alarms/ID.json` in the state folder.
package struct AlarmRecord: Sendable, Hashable, Codable {
  package enum End: String, Sendable, Hashable, Codable {
    /// The alarm's time is over, and too few looks were bad for it to fire.
    case passed
    /// Too many looks were bad.
    case fired
    /// The alarm's time is over, and a host gave no answer to any look.
    case inconclusive
    /// A newer deployment has the hosts, so the alarm has no effect any more.
    case superseded
  }

  /// The number of looks, and their results.
  package struct Tally: Sendable, Hashable, Codable {
    package var looks = 0
    package var bad = 0
    package var unanswered = 0
    /// The first bad look, with its host; nil: there was none.
    package var firstBad: String?
    /// The first look without an answer, with its host; nil: there was none.
    package var firstSilence: String?
    /// Names of the places that have given an answer; nil: unknown, because an older version counted.
    package var heard: [String]?
    package init() {}

    /// Number of looks that got an answer.
    package var answered: Int { looks - unanswered }
  }

  package var deployment: Deployment.ID
  /// When somebody began to watch.
  package var opened: Timestamp
  /// When the alarm's time is over.
  package var until: Timestamp
  /// When somebody last watched.
  package var seen: Timestamp
  package var tally = Tally()
  /// How the alarm ended; nil: it has not ended, whether somebody watches or not.
  package var end: End?
  /// Why the alarm ended in this way; nil: there is no reason to report.
  package var reason: String?
  /// The rollback that the alarm began; nil: it began none.
  package var rollback: Deployment.ID?
  /// Number of rollbacks that the alarm began and that ended before they changed a host; nil: none.
  package var tries: Int?

  package init(deployment: Deployment.ID, opened: Timestamp, until: Timestamp) {
    self.deployment = deployment
    self.opened = opened
    self.until = until
    seen = opened
  }
}
