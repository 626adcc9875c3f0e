/// One line of a deployment's journal. All reports about a deployment are computed from its entries.
package struct Entry: Sendable, Hashable, Codable {
  // Indirect, because plans, intents and notes differ a lot in size, and a deployment to many hosts has a million facts.
  package indirect enum Fact: Sendable, Hashable, Codable {
    /// The plan. Only entry 0 has this fact.
    case planned(Plan)
    /// An outside event, written before the core sees it.
    case happened(Happening)
    /// An operation that is about to be performed.
    case intended(Intent)
    /// A report of the core or of a recipe. A replay ignores such reports, because they follow from the other entries.
    case noted(Note)
    /// Another engine process resumed the deployment after the previous entry.
    case resumed(actor: String)
    /// How the deployment ended. Only the last entry has this fact.
    case concluded(Conclusion)
  }
  /// The entry's number: 0, 1, 2 … without gaps.
  package var sequence: Int
  package var at: Timestamp
  package var fact: Fact
  package init(sequence: Int, at: Timestamp, fact: Fact) {
    self.sequence = sequence
    self.at = at
    self.fact = fact
  }
}

/// An outside event that the core reacts to.
package enum Happening: Sendable, Hashable, Codable {
  case started
  /// The operation with this intent has ended.
  indirect case finished(intent: Int, Outcome)
  case rang(timer: Int)
  case cancelled(reason: String)
  /// A message reached the deployment.
  indirect case said(Message)
  /// A host refused to renew its lock, because a newer deployment holds or has held the lock.
  indirect case overtaken(Failure)
  /// The engine is about to exit, because a gate is waiting for a person.
  indirect case parks(Parking)
  /// An engine resumes a deployment that was parked or was about to be parked.
  /// - Parameters:
  ///   - claim: identifies this engine among the engines that try to resume. Empty if the engine that was about to exit stays instead.
  ///   - reason: why the engine stays, or nil if a person asked to resume.
  indirect case unparks(by: String, claim: String, reason: String? = nil)
  /// An engine resumes the deployment after another engine died. Facts that the dead engine had read from outside might have changed since.
  case revived
}

/// What the core reports about the progress of the deployment.
package indirect enum Note: Sendable, Hashable, Codable {
  case stageBegan(name: String)
  case stageEnded(name: String, error: ScriptError?)
  /// - Parameter upto: the last segment that the wave runs; its hosts then stay *ready*. Nil if the hosts run all segments.
  case waveBegan(number: Int, hosts: [Int], upto: Segment? = nil)
  case waveEnded(number: Int, WaveResult)
  /// The engine begins to restart hosts with the release that they run.
  case restartBegan(hosts: [Int])
  case restartEnded(WaveResult)
  case eventBegan(host: Int, LifecycleEvent)
  case eventEnded(host: Int, LifecycleEvent, error: ScriptError?)
  case eventSkipped(host: Int, LifecycleEvent, reason: String)
  case host(Int, HostStatus)
  case serviceChanged(host: Int, Service)
  /// - Parameter number: counts the gates of the deployment: 1, 2, 3 …
  case gateOpened(number: Int, Gate)
  case gateClosed(number: Int, GateAnswer)
  /// - Parameter from: the weights before the shift, or nil if unknown because an earlier call failed.
  case shifted(from: Weights?, to: Weights)
  /// The strategy deliberately ended the rollout.
  /// - Parameter left: numbers of the hosts that stay on the old revision.
  case stopped(reason: String, left: [Int])
  /// A line that a recipe logged, with the number of the host whose hook logged it, or nil if the line belongs to no host.
  case log(host: Int?, LogLine)
  /// A sentence for people, such as why the deployment starts no further host.
  case remark(String)
  /// The deployment's answer to a message, in words. A message that was not accepted changed nothing.
  case answered(message: Message.ID, accepted: Bool, String)
  /// The message that paused the deployment, or nil if the pause has ended.
  case paused(Message?)
  /// The hosts keep the parked deployment until this time, or nil if an engine runs the deployment again.
  case parked(until: Timestamp?)
}

/// The status of one host in a deployment (see P8 in docs/promises.md).
package indirect enum HostStatus: Sendable, Hashable, Codable {
  case pending
  case changing
  /// The host stopped after this segment, as the strategy requested. The host is out of service and does not count as under way. A later
  /// wave continues with it.
  case ready(Segment)
  /// The host has the release and a receipt for it.
  case succeeded
  case unchanged
  /// The host is a slot that keeps its release on purpose, because another slot of its machine gets the release.
  case kept
  case leftOut(Failure)
  case restoring(ScriptError)
  /// The host failed. It again runs what it ran before the deployment, or nothing if it ran nothing.
  case restored(ScriptError)
  /// The host failed or was cancelled before anything that it runs was changed. At most a release was sent to it.
  case untouched(ScriptError)
  /// The host failed, and the attempt to restore it failed too. A person has to run `commands` on it.
  case restoreFailed(ScriptError, restoring: ScriptError, commands: [String])
  /// The host failed and was left as it is, because the recipe says so.
  case failed(ScriptError)
  /// The host became unreachable during this operation, so nobody knows what it runs.
  case unknown(Failure)

  package var isFinal: Bool {
    switch self {
    case .pending, .changing, .ready, .restoring: false
    default: true
    }
  }
}

/// How a deployment ended.
package struct Conclusion: Sendable, Hashable, Codable {
  package enum Status: String, Sendable, Hashable, Codable {
    case succeeded
    case failed
    case cancelled
    /// The deployment could not start, because a lock was held or hosts were not in the planned state. It changed nothing.
    case refused
    /// The strategy ended the deployment on purpose, and some hosts keep the old revision.
    case partial
  }
  package var status: Status
  /// The cause of the failure (the first cause if there are several), or nil if the deployment succeeded.
  package var error: ScriptError?
  /// The lock that stopped the deployment, with the lock's holder, or nil if no lock did.
  package var holder: Lock?
  /// The numbers of the hosts that have the new release and have to be rolled back. A separate deployment does this.
  package var rollback: [Int]
  /// The status of each host. The index is the host's number.
  package var hosts: [HostStatus]
  /// The traffic that the deployment could not shift back, or nil if it shifted none or all of it is back.
  package var traffic: StrayTraffic?
  /// The irreversible stage because of which no host is rolled back, or nil if no such stage had begun or the deployment did not fail.
  package var irreversible: String?
  /// The stages that the rollback has to undo, in the order in which it undoes them, or nil if there is none.
  package var undo: [StageUndo]?
  /// The stages that should have been undone but were not, or nil if there are none.
  package var notUndone: [String]?
  /// Whether the functions of a task ran commands whose effects nothing reverses, or nil if the deployment is not a task.
  package var ran: Bool?
  /// Whether this conclusion was read from hosts, because no engine of this state folder saw the deployment end. Nil means no.
  package var isElsewhere: Bool?
  package init(
    status: Status, error: ScriptError? = nil, holder: Lock? = nil, rollback: [Int] = [], hosts: [HostStatus], traffic: StrayTraffic? = nil
  ) {
    self.status = status
    self.error = error
    self.holder = holder
    self.rollback = rollback
    self.hosts = hosts
    self.traffic = traffic
  }

  /// Whether a rollback has to follow, because hosts have to go back or stages have to be undone.
  package var owesWayBack: Bool { !rollback.isEmpty || undo?.isEmpty == false }

  /// The numbers of the hosts in the rollback that follows: the hosts that are rolled back and, if stages are undone, all other hosts that
  /// can record the undo.
  package var wayBackHosts: [Int] {
    guard undo?.isEmpty == false else { return rollback }
    return hosts.indices.filter { number in
      switch hosts[number] {
      case .leftOut, .unknown: rollback.contains(number)
      default: true
      }
    }
  }
}
