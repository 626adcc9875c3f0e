import DeployCore
import DeployModel

/// A broken promise: which promise, where and when it was broken, and the seed that reproduces the case.
package struct BrokenPromise: Sendable, Hashable, CustomStringConvertible {
  /// `P1` … `P10`, or `at most once`.
  package var promise: String
  package var seed: UInt64
  /// The number of the simulated event after which the broken promise was found.
  package var event: Int
  package var host: String?
  package var message: String
  package var description: String {
    "\(promise) is broken after event \(event) of seed \(seed)\(host.map { " on \($0)" } ?? ""): \(message)"
  }
}

/// Examines the simulated world after every event, and says which promise is broken. The checkers know the plans, the journals, the hosts
/// and the requests that reached the hosts. They ask the core for its view only to compare that view with the facts.
package struct Checkers: Sendable {
  package private(set) var broken: [BrokenPromise] = []
  /// The number of comparisons so far.
  package private(set) var checks = 0
  var event = 0
  let seed: UInt64
  var names: [String]
  /// What is watched, for each deployment. The deployments are numbered like the engines.
  var watches: [Watch] = []
  /// Whether each host serves.
  var serving: [Bool]
  /// For each host, the highest fence under which it was ever changed.
  var fences: [Int]
  /// The runs of stages that run once for a revision, or that cannot be undone.
  var stageRuns: [StageRun] = []
  /// The functions that have undone such stages since then, the newest last.
  var undoRuns: [UndoRun] = []
  /// The releases with which a deployment has succeeded, and those that hosts had as good releases at the start.
  var good: [Release.ID]
  /// The largest number of broken promises that are kept.
  static let limit = 20

  init(seed: UInt64, hosts: [SimulatedHost]) {
    self.seed = seed
    names = hosts.map(\.name)
    serving = hosts.map { $0.current != nil || $0.foreign != nil }
    fences = hosts.map { _ in 0 }
    good = hosts.flatMap { host in
      [host.receipt?.trial == true ? nil : host.receipt, host.previous].compactMap { $0?.release.id }
    }
  }

  /// What is watched about one deployment. Its arrays are indexed by the host's number in the plan.
  struct Watch: Sendable {
    var plan: Plan
    /// For each host in the plan, its number in the world.
    var fleet: [Int]
    /// For each host in the world, its number in the plan, or nil if the plan does not have the host.
    var numbers: [Int?]
    /// The highest intent in the deployment's journal. Intents have no gaps and are in order.
    var appended = 0
    /// The release that was current at the start of the deployment, or nil if none was.
    var current: [Release.ID?]
    /// The target of the link `current` at the start, if Lander did not make it, or nil if Lander made it or there was none.
    var foreign: [String?]
    /// Whether the application had data on the host at the start.
    var data: [Bool]
    /// Whether, according to the receipt, the host already has everything that the plan wants.
    var same: [Bool]
    /// Whether a wave that has begun includes the host.
    var allowed: [Bool]
    /// Whether the host ever ran the target release because of this deployment.
    var exposed: [Bool]
    /// The newest status that was noted.
    var statuses: [HostStatus]
    var floor: Int
    var servingCount: Int
    var inFlight = 0
    var failed = 0
    var unreachable = 0
    var openWave: Int?
    /// The hosts that the strategy is restarting now.
    var restarting: [Int] = []
    /// The messages that reached the mailbox before the deployment ended.
    var told: [Message.ID] = []
    /// The messages that are in the journal.
    var heard: [Message.ID] = []
    /// Whether the last entry of the journal is written.
    var isWritten = false
    /// Whether a person asked for a pause that has not been ended.
    var paused = false
    /// Whether the deployment has noted that it is paused, but has not noted yet that it continues.
    var holds = false
    /// The number of gates that were opened.
    var gates = 0
    /// The gate that is open, or nil if no gate is open.
    var openGate: Gate?
    /// The number of the gate that made the deployment fail, or nil if no gate did.
    var failedGate: Int?
    /// The weights before the first shift and the weights now, or nil if they are unknown.
    var weights: (before: Weights, now: Weights)?
    /// Whether somebody has approved the open gate.
    var isApproved = false
    /// The people who have signed an approval of the open gate, each once.
    var signers: [String] = []
    /// The hosts whose traffic a task has taken away and not given back.
    var drained: [Int] = []
    /// Whether the removal of old releases has begun.
    var pruning = false
    var concluded = false
  }

  mutating func check(_ holds: Bool, _ promise: String, host: Int? = nil, _ message: @autoclosure () -> String) {
    checks += 1
    if !holds { note(promise, host, message()) }
  }

  /// - Parameter host: the number of the host in the world, or nil if no single host is meant.
  private mutating func note(_ promise: String, _ host: Int?, _ message: String) {
    guard broken.count < Self.limit else { return }
    broken.append(BrokenPromise(promise: promise, seed: seed, event: event, host: host.map { names[$0] }, message: message))
  }

  // MARK: what the simulation reports

  mutating func began(_ engine: Int, _ plan: Plan, _ fleet: [Int], hosts: [SimulatedHost]) {
    guard engine >= watches.count else { return }
    let same = zip(plan.hosts, fleet).map { host, number in
      guard let receipt = hosts[number].receipt, let target = host.target else { return false }
      let isCurrent = receipt.release.id == target.id && hosts[number].current == target.id
      let isWhole = !hosts[number].damaged.contains(target.id) && !hosts[number].isUnsettled
      // A person requested that the host be changed again.
      return isCurrent && isWhole && host.repairs != true && receipt.inputs == (host.inputs ?? plan.content.inputs)
    }
    let count = fleet.count { serving[$0] }
    var numbers: [Int?] = hosts.map { _ in nil }
    for (number, host) in fleet.enumerated() { numbers[host] = number }
    watches.append(
      Watch(
        plan: plan, fleet: fleet, numbers: numbers, current: fleet.map { hosts[$0].current },
        foreign: fleet.map { hosts[$0].foreign }, data: fleet.map { hosts[$0].hasData }, same: same, allowed: same.map { _ in false },
        exposed: same.map { _ in false }, statuses: same.map { _ in .pending }, floor: min(plan.bounds.floor, count), servingCount: count))
  }

  mutating func appended(_ engine: Int, _ entries: [Entry], hosts: [SimulatedHost]) {
    for entry in entries {
      switch entry.fact {
      case .happened(.finished(let intent, let outcome)): stageAnswered(engine, intent, outcome)
      case .intended(let intent):
        let last = watches[engine].appended
        check(intent.id == last + 1, "P2", "intent \(intent.id) follows intent \(last) in the journal")
        watches[engine].appended = intent.id
        held(engine, intent)
      case .noted(let note): noted(engine, note, hosts: hosts)
      case .concluded: watches[engine].isWritten = true
      case .happened(.said(let message)): heard(engine, message)
      default: break
      }
    }
  }

  /// Handles a message that reached the mailbox of a deployment. Once the last entry of the journal is written, no engine reads further
  /// messages.
  mutating func told(_ engine: Int, _ message: Message) {
    if watches.indices.contains(engine), !watches[engine].isWritten { watches[engine].told.append(message.id) }
  }

  private mutating func heard(_ engine: Int, _ message: Message) {
    check(!watches[engine].heard.contains(message.id), "P2", "the message \(message.id) is in the journal twice")
    watches[engine].heard.append(message.id)
    said(engine, message)
    switch message.kind {
    case .pause: watches[engine].paused = true
    case .resume, .cancel: watches[engine].paused = false
    case .approve, .reject, .promote: break
    }
  }

  mutating func sent(_ engine: Int, _ intent: Intent, hosts: [SimulatedHost]) {
    // The watch is accessed by its index, because it is large and there are many operations.
    check(
      intent.id <= watches[engine].appended, "P2",
      "\(intent.operation.verb) (intent \(intent.id)) was begun before its intent was in the journal")
    check(!watches[engine].concluded, "P2", "\(intent.operation.verb) (intent \(intent.id)) was begun after the deployment had concluded")
    if case .host(let host) = intent.place, watches[engine].fleet.indices.contains(host), takesOut(intent) {
      out(engine, watches[engine].fleet[host])
    }
    if case .prune = intent.operation { pruned(engine) }
    // The deployment has ended on all hosts by then. Once one host has been told that the release is good, it is good for all.
    if case .unlock(_, let proved?, _) = intent.operation, proved == watches[engine].plan.id,
      let release = watches[engine].plan.content.release?.id
    {
      good.append(release)
    }
  }

  mutating func changed(_ host: Int, _ hosts: [SimulatedHost], _ changes: [HostChange]) {
    for change in changes {
      let now = hosts[host]
      owner(host, now, change)
      switch change.kind {
      case .ran:
        stageRan(host, hosts, change)
        check(change.runs <= 1, "at most once", host: host, "intent \(change.intent) of \(change.deployment) ran \(change.runs) times")
      case .current, .releases: currency(host, now, change)
      case .receipt: settled(host, now)
      default: break
      }
      let watched = watch(of: change.deployment)
      if let watched, isPartner(host, of: watched) { continue }
      guard let engine = watched, let number = watches[engine].numbers[host] else {
        check(false, "P1", host: host, "\(change.deployment) changed \(change.kind) on a host that is not in its plan")
        continue
      }
      if watches[engine].plan.kind.task != nil {
        let moves = change.kind == .current || change.kind == .releases
        check(!moves, "P7", host: host, "\(change.deployment) is a task, and changed \(change.kind)")
        continue
      }
      if let removal = watches[engine].plan.kind.removal {
        let kept = removal.shared || !watches[engine].data[number] || now.hasData
        check(kept, "P7", host: host, "\(change.deployment) is a removal that keeps data, and took it away")
        continue
      }
      check(
        !watches[engine].same[number] || isOfStage(now, change) || isOfTakeover(now, change, engine, number), "P10", host: host,
        "\(change.kind) was changed by intent \(change.intent) although the receipt has the same inputs")
      if change.kind == .current {
        exposure(engine, number, now)
        wayBack(engine, number, now)
      }
    }
  }

  /// Returns whether a change is the good receipt of a slot that keeps its release and takes over the traffic. Such a receipt has the same
  /// inputs as the one before it.
  private func isOfTakeover(_ now: SimulatedHost, _ change: HostChange, _ engine: Int, _ number: Int) -> Bool {
    guard change.kind == .receipt, let host = watches[engine].plan.hosts.first(where: { $0.host.number == number }) else { return false }
    return host.host.slot != nil && now.receipt?.inputs == (host.inputs ?? watches[engine].plan.content.inputs)
  }

  /// Returns the number of what is watched about a deployment, or nil if the deployment is unknown. A search of the array itself would copy
  /// each plan.
  func watch(of deployment: Deployment.ID) -> Int? { watches.indices.first { watches[$0].plan.id == deployment } }

  /// Returns whether a host is a partner in a deployment, given by its number. Partners get no release.
  private func isPartner(_ host: Int, of engine: Int) -> Bool {
    // Most plans have no partners, and a list of them would copy the plan.
    !watches[engine].plan.partners.isEmpty && watches[engine].plan.ownPartners.contains { $0.name == names[host] }
  }

  mutating func concluded(_ engine: Int, _ conclusion: Conclusion, hosts: [SimulatedHost]) {
    guard !watches[engine].concluded else { return }
    watches[engine].concluded = true
    let plan = watches[engine].plan
    if conclusion.status == .succeeded, plan.kind == .deploy, let release = plan.content.release?.id { good.append(release) }
    if let weights = watches[engine].weights, conclusion.status == .failed || conclusion.status == .cancelled, conclusion.traffic == nil {
      let isTaken = conclusion.error?.failure.kind == .fenced
      check(
        isTaken || weights.before == weights.now, "P7",
        "it is called \(conclusion.status.rawValue), and the traffic is \(weights.now.sentence)")
    }
    if let failed = watches[engine].failedGate {
      let isWell = conclusion.status == .succeeded || conclusion.status == .partial
      check(!isWell, "P5", "it is called \(conclusion.status.rawValue) although gate \(failed) failed")
    }
    wayForward(engine, conclusion)
    wasUndone(engine, conclusion, hosts)
    truth(engine, conclusion, hosts: hosts)
    if plan.kind == .rollback(of: nil), conclusion.status == .succeeded { whole(engine, conclusion, hosts: hosts) }
  }

  /// Handles the end of the simulation. Nothing can happen after it.
  mutating func ended(_ deployments: [(Plan, Conclusion?)], hosts: [SimulatedHost], calm: Bool) {
    for (plan, conclusion) in deployments {
      check(conclusion != nil, "P6", "deployment \(plan.id) waits for something that will never come")
    }
    for watch in watches {
      let lost = watch.told.filter { !watch.heard.contains($0) }
      check(lost.isEmpty, "P2", "messages to \(watch.plan.id) were lost: \(lost)")
    }
    guard calm else { return }
    for host in hosts.indices {
      guard let held = hosts[host].lock, deployments.contains(where: { $0.0.lock.token == held.lock.token }) else { continue }
      check(false, "P1", host: host, "the lock of \(held.lock.deployment) is still there after its end")
    }
  }
}
