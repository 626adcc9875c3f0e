/// What a deployment that waits for a lock says to the host on which it stands in line. Asking again with the same token renews its place.
package struct Ticket: Sendable, Hashable {
  /// What a newer deployment of the same lane means for one that waits.
  package enum Manner: String, Sendable, Hashable {
    /// Nothing: each keeps its place.
    case wait
    /// It ends the ones before it that said the same, and takes the place of the first of them.
    case supersede
  }

  /// Made once for each command: 1 to 64 of a-z, 0-9 and `-`.
  package var token: String
  package var manner: Manner
  /// Whether it stands before all that are not.
  package var isUrgent: Bool
  /// Recipe, group and hosts as one word without blanks: what a newer deployment has to share to supersede it.
  package var lane: String
  /// Its place in the order in which its caller began deployments; nil: nobody said.
  package var sequence: Int?
  /// `user@machine`.
  package var owner: String
  /// What it wants the lock for: `deploy web of shop to production`.
  package var purpose: String
  /// When it began to wait.
  package var since: Timestamp
  /// How long its place is kept for it between renewals, by the host's own uptime.
  package var lease: Interval

  package init(
    token: String, manner: Manner = .wait, isUrgent: Bool = false, lane: String, sequence: Int? = nil, owner: String, purpose: String,
    since: Timestamp, lease: Interval
  ) {
    self.token = token
    self.manner = manner
    self.isUrgent = isUrgent
    self.lane = lane
    self.sequence = sequence
    self.owner = owner
    self.purpose = purpose
    self.since = since
    self.lease = lease
  }

  /// The ticket of a lock request that stands in no line: a rollback, and every host but the first.
  package static let none = "-"

  /// Why no host accepts it, as the end of "the place in line …"; nil: one does.
  package var fault: String? {
    guard Message.isPlain(token) else { return "has a token that is not 1 to \(Message.idLimit) of a-z, 0-9 and -" }
    let isWord = lane.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x7A).contains($0) }
    return isWord && (1...64).contains(lane.utf8.count) ? nil : "has a lane that is not 1 to 64 of a-z and 0-9"
  }
}
