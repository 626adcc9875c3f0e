import DeployCore
package import DeployModel

/// An engine process with the one deployment it runs, as the simulation drives it.
package struct SimulatedEngine {
  /// The plan as it stands in the journal.
  package let plan: Plan
  /// The world's host for each host number in the plan, partners included.
  let fleet: [Int]
  /// By host number in the plan: what the host is told about the deployment.
  let sites: [HostSite]
  /// Nil before it starts, while it is dead, and when it has concluded.
  var ledger: Ledger?
  /// The entries of its journal; empty if the simulation keeps none.
  package internal(set) var entries: [Entry] = []
  /// Messages that were not taken. They outlive the process.
  var mailbox: [Message] = []
  /// Raised with each death, so that the timers of a dead process do nothing.
  var incarnation = 0
  /// By intent: whether it was sent and no outcome has come back.
  var awaiting: [Bool] = [false]
  /// By intent: whether a reply was lost already.
  var lost: [Bool] = [false]
  /// By intent: whether chance has acted on it; an intent that begins again meets no second accident.
  var disturbed: [Bool] = [false]
  /// By intent: where it is performed.
  var places: [Place] = [.engine]
  /// By intent: when its transport gives up, because the host has been out of reach.
  var patience: [Int: Timestamp] = [:]
  /// Running commands on the engine's own machine.
  var here: [Int] = []
  /// By intent: the lines of commands on the engine's own machine that have not succeeded yet; looked up, never iterated.
  var lines: [Int: String] = [:]
  /// Until when it renews its locks; nil: it lives.
  var aliveUntil: Timestamp?
  package internal(set) var conclusion: Conclusion?
  /// The gate at which it wanted to leave; nil: none in this life.
  var leaves: Int?
  /// Whether the deployment that follows from its failure has been planned.
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
    patience[intent] = nil
    here.removeAll { $0 == intent }
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

/// What is going to happen in a simulated world.
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
  /// An engine leaves, if a gate still waits for a person.
  case park(engine: Int, incarnation: Int, gate: Int)
}
