/// Who may change an application and group on a host, as the host records it.
package struct Lock: Sendable, Hashable, Codable {
  package var deployment: Deployment.ID
  /// Secret enough to tell owners apart, not a credential.
  package var token: String
  /// `user@machine`.
  package var owner: String
  /// What the lock is for: `deploy web of shop`.
  package var purpose: String
  package var since: Timestamp
  package var fence: Int
  /// Seconds by the host's own uptime until the holder counts as dead; 0 or less: it is dead.
  package var leaseLeft: Int
  /// The engine's process, in a form that only its own machine understands; nil: it was not recorded.
  package var process: String?
  /// The application that has the lock; nil in locks of older versions, which do not name it. A folder has one lock, for all applications.
  package var application: String?
  package var group: String?
  package init(
    deployment: Deployment.ID, token: String, owner: String, purpose: String, since: Timestamp, fence: Int, leaseLeft: Int,
    process: String? = nil, application: String? = nil, group: String? = nil
  ) {
    self.deployment = deployment
    self.token = token
    self.owner = owner
    self.purpose = purpose
    self.since = since
    self.fence = fence
    self.leaseLeft = leaseLeft
    self.process = process
    self.application = application
    self.group = group
  }

  /// Whether the lock is known to belong to another application.
  package func isForeign(to application: String) -> Bool {
    self.application.map { !Lock.word($0).isExactly(Lock.word(application)) } ?? false
  }

  /// Whether a rollback has it, one that somebody asked for or that of a failed deployment.
  package var isRollback: Bool { purpose.hasPrefix("roll back ") }

  /// Whether somebody asked for a rollback with it. The rollback of a failed deployment says what it comes after.
  package var isRollbackByHand: Bool { isRollback && !purpose.parts(at: ":")[0].contains(" after ") }

  /// A text for the host's record, without line ends and tabs, which separate the record's fields.
  package static func word(_ text: String) -> String {
    String(decoding: text.utf8.map { [9, 10, 13].contains($0) ? 32 : $0 }, as: UTF8.self)
  }
}

extension Lock {
  /// The lock as a value of an outcome.
  package var value: Value {
    var members: [(String, Value)] = [
      ("deployment", .text(deployment)), ("fence", .int(fence)), ("leaseLeft", .int(leaseLeft)), ("owner", .text(owner)),
      ("purpose", .text(purpose)), ("since", .int(since.milliseconds)), ("token", .text(token)),
    ]
    if let application { members.append(("application", .text(application))) }
    if let group { members.append(("group", .text(group))) }
    return .record(of: members)
  }

  /// Reads the holder from the answer to a lock request; nil: a field is missing.
  package init?(_ value: Value) {
    guard let deployment = value["deployment"]?.text, let owner = value["owner"]?.text else { return nil }
    self.init(
      deployment: deployment, token: value["token"]?.text ?? "", owner: owner, purpose: value["purpose"]?.text ?? "",
      since: Timestamp(milliseconds: value["since"]?.int ?? 0), fence: value["fence"]?.int ?? 0, leaseLeft: value["leaseLeft"]?.int ?? 0,
      application: value["application"]?.text, group: value["group"]?.text)
  }
}

/// What a deployment says to a host when it asks for the lock. Asking again with the same token renews.
package struct LockRequest: Sendable, Hashable, Codable {
  package var token: String
  package var owner: String
  package var purpose: String
  package var fence: Int
  /// The token of a lock to take over; a rollback takes over the locks of its failed deployment.
  package var inherits: String?
  /// The deployment whose receipt the plan was made from. If the host has another receipt, the plan is out of date.
  package var expects: Deployment.ID?
  /// A deployment that is good by the receipt of another host. So its receipt on this host is good too, although its engine could no longer
  /// record that.
  package var good: Deployment.ID?
  package var lease: Interval
  /// What to do with jobs of lower fences that still run.
  package var orphans: Orphans
  /// The token of the deployment's place in the queue, on the host that keeps the queue. `Ticket.none`: it has no place, and may overtake
  /// deployments that wait. Nil: it has no place, so deployments that wait come first.
  package var ticket: String?
  /// The deployment's number in the order of its caller's deployments. A host that has seen a higher number refuses it. Nil: not given.
  package var sequence: Int?
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
