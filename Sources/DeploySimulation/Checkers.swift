import DeployCore
import DeployModel

/// A broken promise: which, where and when, and the seed that shows it again.
package struct BrokenPromise: Sendable, Hashable, CustomStringConvertible {
  /// `P1` … `P10`, or `at most once`.
  package var promise: String
  package var seed: UInt64
  /// Number of the simulated event after which it was found.
  package var event: Int
  package var host: String?
  package var message: String
  package var description: String {
    "\(promise) is broken after event \(event) of seed \(seed)\(host.map { " on \($0)" } ?? ""): \(message)"
  }
}

/// Looks at the simulated world from outside after every event, and says which promise was broken. It knows plans, journals, hosts and
/// what reached them. It asks the core what the core believes only to compare that with the facts.
package struct Checkers: Sendable {
  package private(set) var broken: [BrokenPromise] = []
  /// How often something was compared.
  package private(set) var looks = 0
  var event = 0
  let seed: UInt64
  var names: [String]
  /// By deployment, numbered like engines.
  var watches: [Watch] = []
  /// By host: whether it serves.
  var serving: [Bool]
  /// By host: the highest fence that ever changed it.
  var fences: [Int]
  /// Functions of stages that ran once for a revision, or that cannot be undone.
  var stageRuns: [StageRun] = []
  /// Functions that undid them since, the newest last.
  var undoRuns: [UndoRun] = []
  /// Releases that a deployment succeeded with, or that ran at the start.
  var good: [Release.ID]
  /// The limit of broken promises that are kept.
  static let limit = 20

  init(seed: UInt64, hosts: [SimulatedHost]) {
    self.seed = seed
    names = hosts.map(\.name)
    serving = hosts.map { $0.current != nil || $0.foreign != nil }
    fences = hosts.map { _ in 0 }
    good = hosts.compactMap { $0.receipt?.trial == true ? nil : $0.receipt?.release.id }
  }

  /// What is watched of one deployment. Its arrays are indexed by host numbers in its plan.
  struct Watch: Sendable {
    var plan: Plan
    /// The world's host for each host number in the plan.
    var fleet: [Int]
    /// The host number in the plan for each of the world's hosts; nil if it is not in the plan.
    var numbers: [Int?]
    /// The highest intent in its journal (they are dense and in order).
    var appended = 0
    /// What was current at its start.
    var current: [Release.ID?]
    /// The link that was `current` at its start, if Lander did not make it.
    var foreign: [String?]
    /// Whether the application had data at its start.
    var data: [Bool]
    /// Whether the receipt says that all is as wanted already.
    var same: [Bool]
    /// Whether a wave that has begun has it.
    var allowed: [Bool]
    /// Whether it was ever on the target because of this deployment.
    var exposed: [Bool]
    /// Where it stands, as noted.
    var statuses: [HostStatus]
    var floor: Int
    var servingCount: Int
    var inFlight = 0
    var failed = 0
    var unreachable = 0
    var openWave: Int?
    /// The hosts that a strategy restarts now.
    var restarting: [Int] = []
    /// Messages that reached its mailbox before it had ended, and those in its journal.
    var told: [Message.ID] = []
    var heard: [Message.ID] = []
    /// Whether its last entry is written.
    var isWritten = false
    /// Whether somebody asked for a pause that nothing has ended.
    var paused = false
    /// Whether the deployment has said that it is paused, and not yet that it continues.
    var holds = false
    /// The number of opened gates, the one that is open, and the one whose failure failed the deployment.
    var gates = 0
    var openGate: Gate?
    var failedGate: Int?
    /// The weights before the first shift, and now.
    var weights: (before: Weights, now: Weights)?
    /// Whether somebody passed the open gate.
    var isApproved = false
    /// Those who signed an approval of the open gate, each once.
    var signers: [String] = []
    /// Numbers of hosts that a task has taken out of their traffic without giving it back.
    var drained: [Int] = []
    /// Whether the removal of old releases has begun.
    var pruning = false
    var concluded = false
  }

  mutating func look(_ holds: Bool, _ promise: String, host: Int? = nil, _ message: @autoclosure () -> String) {
    looks += 1
    if !holds { note(promise, host, message()) }
  }

  /// - Parameter host: its number in the world.
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
      // Somebody wants it done again.
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
        look(intent.id == last + 1, "P2", "intent \(intent.id) follows intent \(last) in the journal")
        watches[engine].appended = intent.id
        held(engine, intent)
      case .noted(let note): noted(engine, note, hosts: hosts)
      case .concluded: watches[engine].isWritten = true
      case .happened(.said(let message)): heard(engine, message)
      default: break
      }
    }
  }

  /// A message reached the mailbox of a deployment. Once the last entry is written, nobody hears it.
  mutating func told(_ engine: Int, _ message: Message) {
    if watches.indices.contains(engine), !watches[engine].isWritten { watches[engine].told.append(message.id) }
  }

  private mutating func heard(_ engine: Int, _ message: Message) {
    look(!watches[engine].heard.contains(message.id), "P2", "the message \(message.id) is in the journal twice")
    watches[engine].heard.append(message.id)
    said(engine, message)
    switch message.kind {
    case .pause: watches[engine].paused = true
    case .resume, .cancel: watches[engine].paused = false
    case .approve, .reject, .promote: break
    }
  }

  mutating func sent(_ engine: Int, _ intent: Intent, hosts: [SimulatedHost]) {
    // By index, because a watch is large and operations are many.
    look(
      intent.id <= watches[engine].appended, "P2",
      "\(intent.operation.verb) (intent \(intent.id)) was begun before its intent was in the journal")
    look(!watches[engine].concluded, "P2", "\(intent.operation.verb) (intent \(intent.id)) was begun after the deployment had concluded")
    if case .host(let host) = intent.place, watches[engine].fleet.indices.contains(host), takesOut(intent) {
      out(engine, watches[engine].fleet[host])
    }
    if case .prune = intent.operation { pruned(engine) }
    // All hosts have ended then, and the first one that is told makes the deployment good for all.
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
        look(change.runs <= 1, "at most once", host: host, "intent \(change.intent) of \(change.deployment) ran \(change.runs) times")
      case .current, .releases: currency(host, now, change)
      case .receipt: settled(host, now)
      default: break
      }
      if isPartner(host, of: change.deployment) { continue }
      guard let engine = watches.firstIndex(where: { $0.plan.id == change.deployment }), let number = watches[engine].numbers[host] else {
        look(false, "P1", host: host, "\(change.deployment) changed \(change.kind) on a host that is not in its plan")
        continue
      }
      if watches[engine].plan.kind.task != nil {
        let moves = change.kind == .current || change.kind == .releases
        look(!moves, "P7", host: host, "\(change.deployment) is a task, and changed \(change.kind)")
        continue
      }
      if let removal = watches[engine].plan.kind.removal {
        let kept = removal.shared || !watches[engine].data[number] || now.hasData
        look(kept, "P7", host: host, "\(change.deployment) is a removal that keeps data, and took it away")
        continue
      }
      look(
        !watches[engine].same[number] || isOfStage(now, change), "P10", host: host,
        "\(change.kind) was changed by intent \(change.intent) although the receipt has the same inputs")
      if change.kind == .current {
        exposure(engine, number, now)
        wayBack(engine, number, now)
      }
    }
  }

  /// Whether a deployment works with a host without bringing it a release.
  private func isPartner(_ host: Int, of deployment: Deployment.ID) -> Bool {
    watches.contains { $0.plan.id == deployment && $0.plan.ownPartners.contains { $0.name == names[host] } }
  }

  mutating func concluded(_ engine: Int, _ conclusion: Conclusion, hosts: [SimulatedHost]) {
    guard !watches[engine].concluded else { return }
    watches[engine].concluded = true
    let plan = watches[engine].plan
    if conclusion.status == .succeeded, plan.kind == .deploy, let release = plan.content.release?.id { good.append(release) }
    if let weights = watches[engine].weights, conclusion.status == .failed || conclusion.status == .cancelled, conclusion.traffic == nil {
      let isTaken = conclusion.error?.failure.kind == .fenced
      look(
        isTaken || weights.before == weights.now, "P7",
        "it is called \(conclusion.status.rawValue), and the traffic is \(weights.now.sentence)")
    }
    if let failed = watches[engine].failedGate {
      let isWell = conclusion.status == .succeeded || conclusion.status == .partial
      look(!isWell, "P5", "it is called \(conclusion.status.rawValue) although gate \(failed) failed")
    }
    wayForward(engine, conclusion)
    wasUndone(engine, conclusion, hosts)
    truth(engine, conclusion, hosts: hosts)
    if plan.kind == .rollback(of: nil), conclusion.status == .succeeded { whole(engine, conclusion, hosts: hosts) }
  }

  /// Nothing is going to happen any more.
  mutating func ended(_ deployments: [(Plan, Conclusion?)], hosts: [SimulatedHost], calm: Bool) {
    for (plan, conclusion) in deployments {
      look(conclusion != nil, "P6", "deployment \(plan.id) waits for something that will never come")
    }
    for watch in watches {
      let lost = watch.told.filter { !watch.heard.contains($0) }
      look(lost.isEmpty, "P2", "messages to \(watch.plan.id) were lost: \(lost)")
    }
    guard calm else { return }
    for host in hosts.indices {
      guard let held = hosts[host].lock, deployments.contains(where: { $0.0.lock.token == held.lock.token }) else { continue }
      look(false, "P1", host: host, "the lock of \(held.lock.deployment) is still there after its end")
    }
  }
}
