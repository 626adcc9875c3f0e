/// A deployment that waits for a person while no engine runs, as each of its hosts records it.
package struct Parked: Sendable, Hashable, Codable {
  package var deployment: Deployment.ID
  /// The version of Lander that planned the deployment.
  package var engine: String
  /// The number of the open gate.
  package var gate: Int
  package var kind: Gate.Kind
  package var name: String
  /// The gate's question as a sentence, or empty if the gate's name already says it.
  package var message: String
  /// The number of times that the deployment has been parked, including this time: 1, 2, 3 … Each engine that exits increases it.
  package var round: Int
  /// When the deployment was parked, by the clock of the engine that exited.
  package var since: Timestamp
  /// When the gate fails if nobody answers.
  package var until: Timestamp
  /// The digest of the uncompressed journal that hosts keep, or nil if no host keeps it yet.
  package var copy: Digest?
  /// The name of the task that the deployment runs, or nil if it runs no task or an older version parked the deployment.
  package var task: String?
  /// The people whose signed approval the gate requires, or nil if the gate accepts any answer or an older version parked the deployment.
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

  /// How long locks stay valid after the gate's deadline, so that a person who arrives late still finds the deployment.
  package static let grace = Interval.minutes(10)
  /// How long locks stay valid before hosts have the journal. If the engine dies in that time, no other engine can resume the deployment.
  package static let handover = Interval.minutes(5)
  /// How long locks stay valid once hosts have the journal.
  package var lease: Interval { max(.zero, until - since) + Self.grace }
  /// The number of hosts that keep the journal.
  package static let copies = 3
  /// The number of hosts that must name the same journal before an engine trusts it. If the deployment has fewer hosts, all of them must.
  package static let vouching = 2
  /// The limit of the compressed journal on a host, in bytes.
  package static let limit = 8 << 20
}
