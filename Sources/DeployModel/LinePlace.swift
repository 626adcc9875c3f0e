/// A deployment's place in the queue for a lock, as reported by the host.
package struct LinePlace: Sendable, Hashable {
  /// Another deployment in the queue.
  package struct Other: Sendable, Hashable, Codable {
    package var owner: String
    package var purpose: String
    /// When the deployment began to wait.
    package var since: Timestamp
    /// The digest of the deployment's revision, or nil if unknown or if the deployment has no revision.
    package var revision: Digest?
    /// Whether the deployment is urgent. Urgent deployments come before all others.
    package var isUrgent: Bool

    package init(owner: String, purpose: String, since: Timestamp, revision: Digest? = nil, isUrgent: Bool = false) {
      self.owner = owner
      self.purpose = purpose
      self.since = since
      self.revision = revision
      self.isUrgent = isUrgent
    }
  }

  /// The current lock, or nil if nobody holds it.
  package var holder: Lock?
  /// What the deployment that holds the lock needs from people, or nil if the host does not know this yet.
  package var awaited: Awaited?
  /// The deployments that are ahead in the queue, in order.
  package var ahead: [Other]
  /// The newer deployment that superseded this one, or nil if none did.
  package var superseded: Other?
  /// Whether the deployment has lost its place, because it did not renew the place in time.
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
