/// Where a deployment stands in the line for a lock, as the host says.
package struct LinePlace: Sendable, Hashable {
  /// Another deployment of the same line.
  package struct Other: Sendable, Hashable, Codable {
    package var owner: String
    package var purpose: String
    /// When it began to wait.
    package var since: Timestamp
    /// Of the revision that it brings; nil: it did not say, or brings none.
    package var revision: Digest?
    /// Whether it stands before all that are not.
    package var isUrgent: Bool

    package init(owner: String, purpose: String, since: Timestamp, revision: Digest? = nil, isUrgent: Bool = false) {
      self.owner = owner
      self.purpose = purpose
      self.since = since
      self.revision = revision
      self.isUrgent = isUrgent
    }
  }

  /// Who has the lock; nil: nobody.
  package var holder: Lock?
  /// What the holder waits for from people; nil: the host was not told yet.
  package var awaited: Awaited?
  /// Those that come first, in their order.
  package var ahead: [Other]
  /// The newer deployment that made this one needless; nil: none did.
  package var superseded: Other?
  /// Its place is gone: nobody renewed it in time.
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
