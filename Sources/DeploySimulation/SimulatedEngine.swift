import DeployCore
package import DeployModel

/// An engine process, with the one deployment that it runs.
package struct SimulatedEngine {
  /// The plan in the journal.
  package let plan: Plan
  /// For each host in the plan, and for each partner, its number in the world.
  let fleet: [Int]
  /// The facts that each host gets about the deployment, by the host's number in the plan.
  let sites: [HostSite]
  /// The ledger of the deployment, or nil if the engine has not started, is dead, or has concluded.
  var ledger: Ledger?
  /// The entries of the journal, or empty if the simulation keeps none.
  package internal(set) var entries: [Entry] = []
  /// The messages that no engine has taken. They are kept when the process dies.
  var mailbox: [Message] = []
  /// The number of the process. It grows with each death, so that the timers of a dead process do nothing.
  var incarnation = 0
  /// For each intent, whether the operation was sent and no outcome has come back.
  var awaiting: [Bool] = [false]
  /// For each intent, whether a reply was already lost.
  var lost: [Bool] = [false]
  /// For each intent, whether chance has disturbed it. An intent that begins again is not disturbed a second time.
  var disturbed: [Bool] = [false]
  /// For each intent, where the operation is performed.
  var places: [Place] = [.engine]
  /// For each intent, when the transport gives up because the host is unreachable.
  var patience: [Int: Timestamp] = [:]
  /// The intents whose commands run on the engine's own machine.
  var here: [Int] = []
  /// For each intent, the command that it runs on the engine's own machine, if that command has not succeeded yet. Looked up, never
  /// iterated.
  var lines: [Int: String] = [:]
  /// The time until which the dead engine renewed its locks, or nil if the engine is alive.
  var aliveUntil: Timestamp?
  package internal(set) var conclusion: Conclusion?
  /// The number of the gate at which this process wanted to exit, or nil if it did not want to exit.
  var leaves: Int?
  /// Whether the rollback that follows the deployment's failure has been planned.
  var followed = false

  init(plan: Plan, fleet: [Int]) {
    self.plan = plan
    self.fleet = fleet
    sites = (0..<plan.hosts.count + plan.partners.count).map { plan.site(of: $0) }
  }

  var isAlive: Bool { ledger != nil }

  mutating func expect(_ intent: Intent) {
    while awaiting.count <= intent.id {
      awaiting.append(false)
      lost.append(false)
      places.append(.engine)
    }
    while disturbed.count <= intent.id { disturbed.append(false) }
    awaiting[intent.id] = true
    places[intent.id] = intent.place
  }

  func awaits(_ intent: Int) -> Bool { intent < awaiting.count && awaiting[intent] }

  mutating func settle(_ intent: Int) {
    awaiting[intent] = false
    if !patience.isEmpty { patience[intent] = nil }
    if !here.isEmpty { here.removeAll { $0 == intent } }
  }

  mutating func die(at now: Timestamp) {
    (ledger, leaves) = (nil, nil)
    incarnation += 1
    awaiting = [false]
    lost = [false]
    places = [.engine]
    patience = [:]
    aliveUntil = now
  }
}

/// An event that is going to happen in a simulated world.
enum Occurrence: Sendable {
  case begin(engine: Int)
  /// A request is sent to its host, for the first time or again.
  indirect case send(engine: Int, incarnation: Int, Intent)
  case step(host: Int, job: Int, turn: Int)
  indirect case reply(engine: Int, incarnation: Int, intent: Int, Outcome)
  case ring(engine: Int, incarnation: Int, timer: Int)
  case cancel(engine: Int, reason: String)
  indirect case say(engine: Int, Message)
  case reboot(host: Int)
  case restart(engine: Int)
  /// The engine exits if the gate is still waiting for a person.
  case park(engine: Int, incarnation: Int, gate: Int)
}
