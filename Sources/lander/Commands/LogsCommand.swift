import ArgumentParser
import DeployCore
import DeployModel
import DeployReport
import DeployStore
import Glibc

/// Prints the whole output of the commands of one deployment.
struct LogsCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "logs", abstract: "Prints the whole output of a deployment's hooks and commands.",
    discussion: """
      Each command with its host, lifecycle event and exit status, then what it wrote: > before standard output, ! before standard \
      error. Control characters are shown, not sent; --raw writes the bytes as they came, and nothing else.
      """)

  @OptionGroup var options: ProjectOptions
  @Argument(
    help: ArgumentHelp("The deployment: its id, the beginning of it, or last.", valueName: "id"))
  var id: String
  @Argument(
    help: ArgumentHelp("Only this host; here for the engine's own machine.", valueName: "host"))
  var host: String?
  @Flag(help: "Write the bytes as they came.")
  var raw = false

  func perform(on terminal: Terminal) async throws -> DeployModel.ExitCode {
    guard let past = try PastDeployments.open(options) else {
      throw Problems(
        Problem("nothing was deployed from here yet", fix: "lander status asks the hosts"))
    }
    let deployment = try await past.find(id)
    let reading = try await past.journal.entries(of: deployment.id)
    if let damage = reading.damage {
      terminal.tell(PastDeployments.problem(damage, of: deployment.id).lines(on: terminal.err))
    }
    let commands = CommandLog.commands(in: reading.entries)
    let names = CommandLog.names(in: reading.entries)
    if let host, host != "here", !names.contains(host) {
      throw Problems(
        Problem(
          "deployment \(deployment.id) has no host \"\(host)\"",
          fix: NearMatch.hint(host, among: names + ["here"])))
    }
    var shown = 0
    for command in commands where host == nil || command.host == host {
      let streams = try [OutputChunk.Stream.stdout, .stderr].map {
        try past.journal.output.output(
          of: deployment.id, place: command.place, intent: command.intent, stream: $0)
      }
      shown += 1
      if raw {
        Terminal.write(streams[0], to: STDOUT_FILENO)
        Terminal.write(streams[1], to: STDERR_FILENO)
      } else {
        terminal.say(command.lines(stdout: streams[0], stderr: streams[1], on: terminal.out))
      }
    }
    if shown == 0 {
      terminal.tell(
        "No command ran\(host.map { " on \($0)" } ?? "") in deployment \(deployment.id).")
    }
    return .done
  }
}

/// One command of a deployment, as the log shows it.
struct CommandLog {
  var intent: Int
  var place: Place
  var host: String
  var event: String
  var line: String
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
            line: intent.operation.sentence, outcome: nil))
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
    let head = [surface.paint(host, .strong), event, line].filter { !$0.isEmpty }.joined(
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
