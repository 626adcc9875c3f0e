/// The state of one deployment's alarm, stored in `alarms/ID.json` of the state folder.
package struct AlarmRecord: Sendable, Hashable, Codable {
  package enum End: String, Sendable, Hashable, Codable {
    /// The alarm's time has ended, and too few checks failed for the alarm to fire.
    case passed
    /// Too many checks failed.
    case fired
    /// The alarm's time has ended, and at least one host never answered a check.
    case inconclusive
    /// A newer deployment has taken over the hosts, so the alarm no longer has any effect.
    case superseded
  }

  /// The number of checks, and how they ended.
  package struct Tally: Sendable, Hashable, Codable {
    /// The number of checks. Records store it under this name.
    package var looks = 0
    /// The number of failed checks.
    package var bad = 0
    /// The number of checks without an answer.
    package var unanswered = 0
    /// A description of the first check that failed, with the host's name, or nil if none failed.
    package var firstBad: String?
    /// A description of the first check that got no answer, with the host's name, or nil if every check got an answer.
    package var firstSilence: String?
    /// The names of the hosts (or the name of the engine's machine) that have answered a check, or nil if unknown because an older version
    /// wrote the record.
    package var heard: [String]?
    package init() {}

    /// The number of checks that got an answer.
    package var answered: Int { looks - unanswered }
  }

  package var deployment: Deployment.ID
  /// When an engine first watched the hosts.
  package var opened: Timestamp
  /// When the alarm's time ends.
  package var until: Timestamp
  /// When an engine last watched the hosts.
  package var seen: Timestamp
  package var tally = Tally()
  /// How the alarm ended, or nil if it has not ended. Nil does not mean that an engine is watching at the moment.
  package var end: End?
  /// Why the alarm ended as it did, or nil if there is nothing to report.
  package var reason: String?
  /// The rollback that the alarm started, or nil if the alarm started none.
  package var rollback: Deployment.ID?
  /// How many of the alarm's rollbacks ended before they changed a host, or nil if none did.
  package var tries: Int?

  package init(deployment: Deployment.ID, opened: Timestamp, until: Timestamp) {
    self.deployment = deployment
    self.opened = opened
    self.until = until
    seen = opened
  }
}
