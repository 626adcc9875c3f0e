import DeployModel
import DeployReport

/// One command of a deployment, as the log shows it.
struct CommandLog {
  var intent: Int
  var place: Place
  var host: String
  var event: String
  var line: String
  /// When it was asked for.
  var began: Timestamp
  var outcome: Outcome?

  static func names(in entries: [Entry]) -> [String] {
    guard case .planned(let plan)? = entries.first?.fact else { return [] }
    return plan.hosts.map(\.host.name)
  }

  /// Those that may have written something, in the order in which they were started.
  static func commands(in entries: [Entry]) -> [CommandLog] {
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
            line: intent.operation.sentence, began: entry.at, outcome: nil))
      case .happened(.finished(let id, let outcome)):
        if let found = index[id] { commands[found].outcome = outcome }
      default: break
      }
    }
    return commands
  }

  func lines(stdout: [UInt8], stderr: [UInt8], on surface: Surface) -> [String] {
    let end: String
    if let outcome {
      let status =
        outcome.status.map { "exit status \($0)" } ?? outcome.failure?.kind.rawValue ?? "done"
      end = outcome.failure == nil ? surface.paint(status, .good) : surface.paint(status, .bad)
    } else {
      end = surface.paint("no end is known", .warn)
    }
    let took = outcome.map { ", \($0.duration)" } ?? ""
    let head = [When(began).clock, surface.paint(host, .strong), event, line].filter { !$0.isEmpty }.joined(
      separator: "  ")
    var lines = ["\(head)  (\(end)\(took))"]
    lines += SafeText.lines(String(decoding: stdout, as: UTF8.self)).map { "  > " + $0 }
    lines += SafeText.lines(String(decoding: stderr, as: UTF8.self)).map { "  ! " + $0 }
    if let failure = outcome?.failure, outcome?.status == nil {
      lines.append("  " + SafeText.line(failure.message))
    }
    return lines
  }
}

extension DeployModel.Operation {
  /// Whether a person would look for its output.
  fileprivate var writes: Bool {
    switch self {
    case .run, .check: true
    case .appspec(let step): step.phase != .forget
    default: false
    }
  }
}
