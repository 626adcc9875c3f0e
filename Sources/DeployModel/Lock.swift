/// The right of one deployment to change an application and group on a host, as the host records it.
package struct Lock: Sendable, Hashable, Codable {
  package var deployment: Deployment.ID
  /// A random string that tells owners apart. It is not a credential.
  package var token: String
  /// The person and machine that hold the lock: `user@machine`.
  package var owner: String
  /// What the lock is for: `deploy web of shop`.
  package var purpose: String
  package var since: Timestamp
  package var fence: Int
  /// Seconds until the holder counts as dead, measured by the host's uptime. At 0 or less, it counts as dead.
  package var leaseLeft: Int
  /// The engine's process, in a form that only the engine's machine can interpret, or nil if it was not recorded.
  package var process: String?
  /// The application that holds the lock, or nil if an older version wrote the lock. A folder has a single lock for all applications.
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

  /// Whether the lock is known to belong to another application. Also false if the lock does not state its application.
  package func isForeign(to application: String) -> Bool {
    self.application.map { !Lock.word($0).isExactly(Lock.word(application)) } ?? false
  }

  /// Whether a rollback holds the lock, either after a failed deployment or because somebody requested it.
  package var isRollback: Bool { purpose.hasPrefix("roll back ") }

  /// Whether a requested rollback holds the lock. The purpose of a rollback after a failed deployment names that deployment.
  package var isRollbackByHand: Bool { isRollback && !purpose.parts(at: ":")[0].contains(" after ") }

  /// Returns a string for the host's record, with spaces in place of line ends and tabs, because line ends and tabs separate the record's
  /// fields.
  package static func word(_ text: String) -> String {
    String(decoding: text.utf8.map { [9, 10, 13].contains($0) ? 32 : $0 }, as: UTF8.self)
  }
}

extension Lock {
  /// The lock as the value of an outcome.
  package var value: Value {
    var members: [(String, Value)] = [
      ("deployment", .text(deployment.rawValue)), ("fence", .int(fence)), ("leaseLeft", .int(leaseLeft)), ("owner", .text(owner)),
      ("purpose", .text(purpose)), ("since", .int(since.milliseconds)), ("token", .text(token)),
    ]
    if let application { members.append(("application", .text(application))) }
    if let group { members.append(("group", .text(group))) }
    return .record(of: members)
  }

  /// Reads the lock's holder from the answer to a lock request. Returns nil if the answer has no deployment or no owner.
  package init?(_ value: Value) {
    guard let deployment = value["deployment"]?.text, let owner = value["owner"]?.text else { return nil }
    self.init(
      deployment: Deployment.ID(deployment), token: value["token"]?.text ?? "", owner: owner, purpose: value["purpose"]?.text ?? "",
      since: Timestamp(milliseconds: value["since"]?.int ?? 0), fence: value["fence"]?.int ?? 0, leaseLeft: value["leaseLeft"]?.int ?? 0,
      application: value["application"]?.text, group: value["group"]?.text)
  }
}

/// A deployment's request to a host for the lock. Another request with the same token renews the lock.
package struct LockRequest: Sendable, Hashable, Codable {
  package var token: String
  package var owner: String
  package var purpose: String
  package var fence: Int
  /// The token of a lock that the request is allowed to take over, or nil if there is none. A rollback takes over the locks of its failed
  /// deployment.
  package var inherits: String?
  /// The deployment that wrote the receipt from which the plan was made. If the host has another receipt, the plan is out of date.
  package var expects: Deployment.ID?
  /// A deployment that is good according to another host's receipt. If this host has a receipt of that deployment, this request marks the
  /// receipt as good too, which the deployment's own engine could no longer do. Nil if there is no such deployment.
  package var good: Deployment.ID?
  package var lease: Interval
  /// What happens to running jobs of lower fences.
  package var orphans: Orphans
  /// The token of the deployment's place in the queue, on the host that keeps the queue. `Ticket.none` means that the deployment has no
  /// place, but is allowed to overtake waiting deployments. Nil means that it has no place and that waiting deployments come first.
  package var ticket: String?
  /// The number by which the caller orders its deployments. A host that has seen a higher number refuses the request. Nil if no number was
  /// given.
  package var sequence: Int?
  /// The highest fence that the host had seen when the plan was made. If it has seen another one since, the plan is out of date. Nil if
  /// that does not matter.
  package var seen: Int?
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
