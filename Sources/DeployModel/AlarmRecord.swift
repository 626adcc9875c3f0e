/// What is known of the alarm of one deployment, `alarms/ID.json` in the state folder.
package struct AlarmRecord: Sendable, Hashable, Codable {
  package enum End: String, Sendable, Hashable, Codable {
    /// Its time is over, and too few looks were bad.
    case passed
    /// Too many looks were bad.
    case fired
    /// Its time is over, and a host gave no answer to any look.
    case inconclusive
    /// Something newer has its hosts, so it is about nothing any more.
    case superseded
  }

  /// How many looks were made, and what they found.
  package struct Tally: Sendable, Hashable, Codable {
    package var looks = 0
    package var bad = 0
    package var unanswered = 0
    /// The first bad look, with its host; nil: there was none.
    package var firstBad: String?
    /// The first look without an answer, with its host; nil: there was none.
    package var firstSilence: String?
    /// Names of the places that have given an answer; nil: an older version counted, and nobody knows which.
    package var heard: [String]?
    package init() {}

    /// Number of looks that got an answer.
    package var answered: Int { looks - unanswered }
  }

  package var deployment: Deployment.ID
  /// When somebody began to watch.
  package var opened: Timestamp
  /// The end of its deployment, and its time.
  package var until: Timestamp
  /// When somebody last watched.
  package var seen: Timestamp
  package var tally = Tally()
  /// Nil: it has not ended, whether somebody watches or not.
  package var end: End?
  /// Why it ended as it did; nil: there is nothing to say.
  package var reason: String?
  /// The rollback that it began; nil: none was begun.
  package var rollback: Deployment.ID?
  /// Number of rollbacks that it began and that ended before they changed a host; nil: none.
  package var tries: Int?

  package init(deployment: Deployment.ID, opened: Timestamp, until: Timestamp) {
    self.deployment = deployment
    self.opened = opened
    self.until = until
    seen = opened
  }
}
