/// Where a deployment stands in the line for a lock, as the host says.
package struct LinePlace: Sendable, Hashable {
  /// Another deployment of the same line.
  package struct Other: Sendable, Hashable {
    package var owner: String
    package var purpose: String
    /// When it began to wait.
    package var since: Timestamp

    package init(owner: String, purpose: String, since: Timestamp) {
      self.owner = owner
      self.purpose = purpose
      self.since = since
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
