/// A deployment that waits for a person while no engine runs, as each of its hosts keeps it.
package struct Parked: Sendable, Hashable, Codable {
  package var deployment: Deployment.ID
  /// The version of Lander that made the plan.
  package var engine: String
  /// The number of the open gate.
  package var gate: Int
  package var kind: Gate.Kind
  package var name: String
  /// The question in a sentence; empty if the name says it.
  package var message: String
  /// The number of the parking within the deployment: 1, 2, 3 … Each time an engine leaves, a new round begins.
  package var round: Int
  /// Since when the deployment is parked, by the clock of the engine that left.
  package var since: Timestamp
  /// When the gate closes as failed.
  package var until: Timestamp
  /// The digest of the journal that hosts keep, uncompressed; nil: no host keeps it yet.
  package var copy: Digest?
  /// The name of the task that the deployment runs; nil: it runs none, or an older version parked it.
  package var task: String?
  /// The people whose signatures the gate takes; nil: it takes any answer, or an older version parked the deployment.
  package var from: [String]?

  package init(
    deployment: Deployment.ID, engine: String, gate: Int, kind: Gate.Kind, name: String, message: String, round: Int, since: Timestamp,
    until: Timestamp, copy: Digest? = nil, task: String? = nil, from: [String]? = nil
  ) {
    self.deployment = deployment
    self.engine = engine
    self.gate = gate
    self.kind = kind
    self.name = name
    self.message = message
    self.round = round
    self.since = since
    self.until = until
    self.copy = copy
    self.task = task
    self.from = from
  }

  /// How long locks stay beyond the deadline, so that a person who comes then still finds the deployment.
  package static let grace = Interval.minutes(10)
  /// How long locks stay at least, until the hosts have the journal. If an engine dies before that, nobody else can resume.
  package static let handover = Interval.minutes(5)
  /// How long locks stay once hosts have the journal.
  package var lease: Interval { max(.zero, until - since) + Self.grace }
  /// Hosts that keep the journal.
  package static let copies = 3
  /// Number of hosts that must name the same journal before it is trusted, if the deployment has that many hosts.
  package static let vouching = 2
  /// The limit of the compressed journal on a host, in bytes.
  package static let limit = 8 << 20
}
