/// The state of one deployment's alarm, stored in `alarms/ID.json` of the state folder.
package struct AlarmRecord: Sendable, Hashable, Codable {
  package enum End: String, Sendable, Hashable, Codable {
    /// The alarm's time is over, and too few looks were bad for it to fire.
    case passed
    /// Too many looks were bad.
    case fired
    /// The alarm's time is over, and at least one host never answered a look.
    case inconclusive
    /// A newer deployment has the hosts, so the alarm has no effect any more.
    case superseded
  }

  /// The number of looks, and how they ended.
  package struct Tally: Sendable, Hashable, Codable {
    package var looks = 0
    package var bad = 0
    package var unanswered = 0
    /// The first look that found a host bad, as text with the host's name; nil: no look did.
    package var firstBad: String?
    /// The first look that got no answer, as text with the host's name; nil: every look got an answer.
    package var firstSilence: String?
    /// Names of the hosts, or of the engine's machine, that have answered a look; nil: unknown, because an older version wrote the record.
    package var heard: [String]?
    package init() {}

    /// The number of looks that got an answer.
    package var answered: Int { looks - unanswered }
  }

  package var deployment: Deployment.ID
  /// When an engine first watched the hosts.
  package var opened: Timestamp
  /// When the alarm's time is over.
  package var until: Timestamp
  /// When an engine last watched the hosts.
  package var seen: Timestamp
  package var tally = Tally()
  /// How the alarm ended; nil: it has not ended, even if nobody watches at the moment.
  package var end: End?
  /// Why the alarm ended as it did; nil: there is nothing to report.
  package var reason: String?
  /// The rollback that the alarm started; nil: it started none.
  package var rollback: Deployment.ID?
  /// The number of rollbacks that the alarm started and that ended before they changed a host; nil: none.
  package var tries: Int?

  package init(deployment: Deployment.ID, opened: Timestamp, until: Timestamp) {
    self.deployment = deployment
    self.opened = opened
    self.until = until
    seen = opened
  }
}
