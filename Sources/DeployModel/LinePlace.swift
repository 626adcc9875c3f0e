/// A deployment's place in the line for a lock, as the host reports it.
package struct LinePlace: Sendable, Hashable {
  /// Another deployment of the same line.
  package struct Other: Sendable, Hashable, Codable {
    package var owner: String
    package var purpose: String
    /// When it began to wait.
    package var since: Timestamp
    /// The digest of its revision; nil: unknown, or it deploys no revision.
    package var revision: Digest?
    /// Whether it is urgent: urgent deployments come before all others.
    package var isUrgent: Bool

    package init(owner: String, purpose: String, since: Timestamp, revision: Digest? = nil, isUrgent: Bool = false) {
      self.owner = owner
      self.purpose = purpose
      self.since = since
      self.revision = revision
      self.isUrgent = isUrgent
    }
  }

  /// The lock; nil: nobody has it.
  package var holder: Lock?
  /// What the holder waits for from people; nil: the host does not know it yet.
  package var awaited: Awaited?
  /// The deployments that come first, in their order.
  package var ahead: [Other]
  /// The newer deployment that superseded this one; nil: none did.
  package var superseded: Other?
  /// Whether the place is lost, because it was not renewed in time.
  package var isLost: Bool

  package init(
    holder: Lock? = nil, awaited: Awaited? = nil, ahead: [Other] = [], superseded: Other? = nil, isLost: Bool = false
  ) {
    self.holder = holder
    self.awaited = awaited
    self.ahead = ahead
    self.superseded = superseded
    self.isLost = isLost
  }
}
