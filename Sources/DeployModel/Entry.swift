/// One line of a deployment's journal. What people and machines read about a deployment is a fold over its entries.
package struct Entry: Sendable, Hashable, Codable {
  // Indirect: plans, intents and notes differ much in size, and a deployment of many hosts has a million of them.
  package indirect enum Fact: Sendable, Hashable, Codable {
    /// The plan; only entry 0 has it.
    case planned(Plan)
    /// An outside event, written before the core sees it.
    case happened(Happening)
    /// An operation that is about to be performed.
    case intended(Intent)
    /// What the core or a recipe reports on the way. It follows from the other entries and is not replayed.
    case noted(Note)
    /// Another engine process resumed from here.
    case resumed(actor: String)
    /// The last entry of a deployment that ended.
    case concluded(Conclusion)
  }
  /// 0, 1, 2 … without gaps.
  package var sequence: Int
  package var at: Timestamp
  package var fact: Fact
  package init(sequence: Int, at: Timestamp, fact: Fact) {
    self.sequence = sequence
    self.at = at
    self.fact = fact
  }
}

/// What reaches the core from outside.
package enum Happening: Sendable, Hashable, Codable {
  case started
  /// The operation with this intent came back.
  indirect case finished(intent: Int, Outcome)
  case rang(timer: Int)
  case cancelled(reason: String)
  /// A message reached the deployment.
  indirect case said(Message)
  /// The renewal of a host's lock was refused, because a newer deployment had or has the lock.
  indirect case overtaken(Failure)
  /// The engine wants to leave, because a gate waits for a person.
  case parks(Parking)
  /// An engine resumes a deployment that was parked, or was about to be.
  /// - Parameters:
  ///   - claim: identifies this engine among the engines that try to resume; empty: the engine that wanted to leave stays.
  ///   - reason: why the engine stays; nil: a person wanted to resume.
  case unparks(by: String, claim: String, reason: String? = nil)
  /// An engine resumes the deployment after another engine died. Facts that were read from outside may have changed since.
  case revived
}

/// What happened, in the words of the core.
package indirect enum Note: Sendable, Hashable, Codable {
  case stageBegan(name: String)
  case stageEnded(name: String, error: ScriptError?)
  /// - Parameter upto: the segment after which the wave's hosts are left ready; nil: they go to the end.
  case waveBegan(number: Int, hosts: [Int], upto: Segment? = nil)
  case waveEnded(number: Int, WaveResult)
  /// Hosts are stopped and started with the release that they run.
  case restartBegan(hosts: [Int])
  case restartEnded(WaveResult)
  case eventBegan(host: Int, LifecycleEvent)
  case eventEnded(host: Int, LifecycleEvent, error: ScriptError?)
  case eventSkipped(host: Int, LifecycleEvent, reason: String)
  case host(Int, HostStatus)
  case serviceChanged(host: Int, Service)
  /// - Parameter number: 1, 2, 3 … within its deployment.
  case gateOpened(number: Int, Gate)
  case gateClosed(number: Int, GateAnswer)
  /// - Parameter from: the weights before; nil: a call that did not end well left them uncertain.
  case shifted(from: Weights?, to: Weights)
  /// The strategy ended the rollout on purpose.
  /// - Parameter left: hosts that stay on the old revision.
  case stopped(reason: String, left: [Int])
  /// A line that a recipe logged, with the host of the hook.
  case log(host: Int?, LogLine)
  /// Why no further host is started, or something else that a person should know.
  case remark(String)
  /// The deployment's answer to a message, in words. If it is not accepted, the message changed nothing.
  case answered(message: Message.ID, accepted: Bool, String)
  /// The message that pauses the deployment from now on; nil: the pause has ended.
  case paused(Message?)
  /// Hosts keep the parked deployment until this time; nil: an engine runs it again.
  case parked(until: Timestamp?)
}

/// Where a host stands (promise P8).
package indirect enum HostStatus: Sendable, Hashable, Codable {
  case pending
  case changing
  /// The host stopped after this segment because the strategy said so. It is out of service and not under way; a later wave takes it on.
  case ready(Segment)
  /// On the target, receipt written.
  case succeeded
  case unchanged
  /// A slot that keeps its release on purpose, because another slot of its machine has the target.
  case kept
  case leftOut(Failure)
  case restoring(ScriptError)
  /// The host failed, and is back on what it ran before (or on nothing, if nothing ran).
  case restored(ScriptError)
  /// The host failed or was cancelled before anything that it runs was changed; at most a release was sent.
  case untouched(ScriptError)
  /// The host failed, and going back failed too. A person has to type `commands`.
  case restoreFailed(ScriptError, restoring: ScriptError, commands: [String])
  /// The host failed and was left as it is, because the recipe says so.
  case failed(ScriptError)
  /// The host is out of reach since this operation: it is unknown what it runs.
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
    /// The deployment could not start: a lock is held, or hosts are not as planned. Nothing was changed.
    case refused
    /// Ended on purpose, with hosts left on the old revision.
    case partial
  }
  package var status: Status
  /// The first cause; nil: the deployment succeeded.
  package var error: ScriptError?
  /// The lock's holder, if the lock was the cause.
  package var holder: Lock?
  /// Hosts on the new release that have to go back, in a deployment of their own.
  package var rollback: [Int]
  /// Statuses by host number.
  package var hosts: [HostStatus]
  /// Traffic that could not be put back; nil: none was shifted, or all of it is back.
  package var traffic: StrayTraffic?
  /// The irreversible stage that had begun, so that nothing goes back; nil: there was none, or the deployment did not fail.
  package var irreversible: String?
  /// Stages that the rollback has to undo, in this order; nil: none.
  package var undo: [StageUndo]?
  /// Stages that should have been undone but were not; nil: none.
  package var notUndone: [String]?
  /// Whether functions of a task ran something that is not taken back; nil: the deployment is no task.
  package var ran: Bool?
  /// Whether hosts say that the deployment is over although no engine of this state folder saw its end; nil: an engine did.
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

  /// Whether a rollback follows: hosts have to go back, or stages have to be undone.
  package var owesWayBack: Bool { !rollback.isEmpty || undo?.isEmpty == false }

  /// Numbers of the hosts of the rollback that follows: the hosts that go back, and, if stages are undone, all hosts that can record that.
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
