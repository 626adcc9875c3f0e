package import DeployModel

/// One command of a deployment, as the log shows it.
package struct CommandLog: Sendable, Hashable {
  package var intent: Int
  package var place: Place
  /// A host's name, or `here` for the engine's own machine.
  package var host: String
  /// The lifecycle event or stage it belongs to; empty: neither.
  package var event: String
  package var operation: Operation
  /// When it was asked for.
  package var began: Timestamp
  /// Nil: no end is known.
  package var outcome: Outcome?

  /// Names of the deployment's hosts, targets and partners, by number.
  package static func names(in entries: [Entry]) -> [String] {
    guard case .planned(let plan)? = entries.first?.fact else { return [] }
    return plan.hosts.map(\.host.name) + plan.partners.map(\.host.name)
  }

  /// Those that may have written something, in the order in which they were started.
  package static func commands(in entries: [Entry]) -> [CommandLog] {
    let names = names(in: entries)
    var commands: [CommandLog] = []
    var index: [Int: Int] = [:]
    for entry in entries {
      switch entry.fact {
      case .intended(let intent):
        guard intent.operation.writes else { continue }
        let host =
          if case .host(let number) = intent.place {
            number < names.count ? names[number] : "\(number)"
          } else { "here" }
        index[intent.id] = commands.count
        commands.append(
          CommandLog(
            intent: intent.id, place: intent.place, host: host,
            event: intent.site.event?.rawValue ?? intent.site.stage.map { "stage \($0)" } ?? "",
            operation: intent.operation, began: entry.at, outcome: nil))
      case .happened(.finished(let id, let outcome)):
        if let found = index[id] { commands[found].outcome = outcome }
      default: break
      }
    }
    return commands
  }
}

extension Operation {
  /// Whether a person would look for its output.
  fileprivate var writes: Bool {
    switch self {
    case .run, .check: true
    case .appspec(let step): step.phase != .forget
    default: false
    }
  }
}
