/// The request to the host that keeps the queue, from a deployment that waits for a lock. Another request with the same token renews the
/// deployment's place.
package struct Ticket: Sendable, Hashable {
  /// What happens when a newer deployment of the same lane joins the queue.
  package enum Manner: String, Sendable, Hashable {
    /// Nothing happens: every deployment keeps its place.
    case wait
    /// The newer deployment ends the earlier deployments that have this manner, and takes the place of the first of them.
    case supersede
  }

  /// A token that each command creates once: 1 to 64 characters of a-z, 0-9 and `-`.
  package var token: String
  package var manner: Manner
  /// Whether the deployment comes before all deployments that are not urgent.
  package var isUrgent: Bool
  /// The recipe, group and hosts as one word without spaces. A newer deployment can supersede only deployments of the same lane.
  package var lane: String
  /// The number by which the caller orders its deployments, or nil if the caller gave none.
  package var sequence: Int?
  /// The person and machine that wait, as `user@machine`.
  package var owner: String
  /// What the lock is for: `deploy web of shop to production`.
  package var purpose: String
  /// The digest of the deployment's revision, or nil if it is not known yet or the deployment has no revision.
  package var revision: Digest?
  /// When the deployment began to wait.
  package var since: Timestamp
  /// How long the host keeps the place without a renewal, measured by the host's uptime.
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

  /// The ticket of a lock request without a place in the queue. Rollbacks make such requests, and other deployments make them to all hosts
  /// except the first.
  package static let none = "-"

  /// Why no host accepts the ticket, as the end of "the place in the queue …", or nil if hosts accept it.
  package var fault: String? {
    guard Message.isPlain(token) else { return "has a token that is not 1 to \(Message.idLimit) of a-z, 0-9 and -" }
    let isWord = lane.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x7A).contains($0) }
    return isWord && (1...64).contains(lane.utf8.count) ? nil : "has a lane that is not 1 to 64 of a-z and 0-9"
  }
}
