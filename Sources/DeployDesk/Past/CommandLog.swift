import DeployCore
package import DeployModel

/// One command of a deployment, as a log shows it.
package struct CommandLog: Sendable, Hashable {
  package var intent: Int
  package var place: Place
  /// The host's name, or `here` for the engine's machine.
  package var host: String
  /// The lifecycle event or stage that ran the command, or empty if there is none.
  package var event: String
  package var operation: Operation
  /// When the recipe requested the command.
  package var began: Timestamp
  /// The outcome, or nil if it is unknown.
  package var outcome: Outcome?

  /// Creates a log entry from an intent, or nil if the operation has no output that a person might want to read.
  /// - Parameter names: the names of the deployment's hosts, by number.
  package init?(_ intent: Intent, at moment: Timestamp, names: [String]) {
    guard intent.operation.writes else { return nil }
    let host =
      if case .host(let number) = intent.place { names.indices.contains(number) ? names[number] : "\(number)" } else { "here" }
    self.init(
      intent: intent.id, place: intent.place, host: host,
      event: intent.site.event?.rawValue ?? intent.site.stage.map { "stage \($0)" } ?? "", operation: intent.operation, began: moment)
  }

  private init(intent: Int, place: Place, host: String, event: String, operation: Operation, began: Timestamp) {
    (self.intent, self.place, self.host, self.event, self.operation, self.began) = (intent, place, host, event, operation, began)
  }

  /// Returns the names of the deployment's targets and partners, by number.
  package static func names(in entries: [Entry]) -> [String] {
    guard case .planned(let plan)? = entries.first?.fact else { return [] }
    return plan.hosts.map(\.host.name) + plan.partners.map(\.host.name)
  }

  /// Returns the problem that a deployment has no host of this name. The problem suggests a similar name if there is one.
  package static func unknown(_ host: String, among names: [String], of deployment: Deployment.ID) -> Problems {
    unknown(host, among: names, "deployment \(deployment)")
  }

  /// Returns the problem that no deployment of a train has a host of this name.
  static func unknown(_ host: String, among names: [String], of train: Train.ID) -> Problems {
    unknown(host, among: names, "train \(train)")
  }

  private static func unknown(_ host: String, among names: [String], _ what: String) -> Problems {
    Problems(Problem("\(what) has no host \"\(host)\"", fix: NearMatch.hint(host, among: names + ["here"])))
  }

  /// Returns the commands that might have written output, in the order in which they started.
  package static func commands(in entries: [Entry]) -> [CommandLog] {
    let names = names(in: entries)
    var commands: [CommandLog] = []
    var index: [Int: Int] = [:]
    for entry in entries {
      switch entry.fact {
      case .intended(let intent):
        guard let command = CommandLog(intent, at: entry.at, names: names) else { continue }
        index[intent.id] = commands.count
        commands.append(command)
      case .happened(.finished(let id, let outcome)):
        if let found = index[id] { commands[found].outcome = outcome }
      default: break
      }
    }
    return commands
  }
}

extension Operation {
  /// Whether the operation has output that a person might want to read.
  fileprivate var writes: Bool {
    switch self {
    case .run, .check: true
    case .appspec(let step): step.phase != .forget
    default: false
    }
  }
}
