/// Who may change an application and group on a host, as the host records it.
package struct Lock: Sendable, Hashable, Codable {
  package var deployment: Deployment.ID
  /// Secret enough to tell owners apart, not a credential.
  package var token: String
  /// `user@machine`.
  package var owner: String
  /// Why it was taken: `deploy web of shop`.
  package var purpose: String
  package var since: Timestamp
  package var fence: Int
  /// Seconds by the host's own uptime until the holder counts as dead; 0 or less: it does.
  package var leaseLeft: Int
  /// The engine's process, in words that only its own machine understands; nil where nobody wrote it down.
  package var process: String?
  package init(
    deployment: Deployment.ID, token: String, owner: String, purpose: String, since: Timestamp, fence: Int, leaseLeft: Int,
    process: String? = nil
  ) {
    self.deployment = deployment
    self.token = token
    self.owner = owner
    self.purpose = purpose
    self.since = since
    self.fence = fence
    self.leaseLeft = leaseLeft
    self.process = process
  }
}

/// What a deployment says to a host when it asks for the lock. Asking again with the same token renews.
package struct LockRequest: Sendable, Hashable, Codable {
  package var token: String
  package var owner: String
  package var purpose: String
  package var fence: Int
  /// A token that this one takes over from: a rollback goes on where its deployment failed.
  package var inherits: String?
  /// The deployment whose receipt the plan was made from; another one there means the plan is out of date.
  package var expects: Deployment.ID?
  /// A deployment that has proved good on another host: its receipt here is good too, though its engine could not say so any more.
  package var good: Deployment.ID?
  package var lease: Interval
  /// What to do with jobs of lower fences that still run.
  package var orphans: Orphans
  package enum Orphans: String, Sendable, Hashable, Codable, CaseIterable { case wait, kill }
  package init(
    token: String, owner: String, purpose: String, fence: Int, inherits: String? = nil, expects: Deployment.ID? = nil,
    lease: Interval = .seconds(60), orphans: Orphans = .wait
  ) {
    self.token = token
    self.owner = owner
    self.purpose = purpose
    self.fence = fence
    self.inherits = inherits
    self.expects = expects
    self.lease = lease
    self.orphans = orphans
  }
}
