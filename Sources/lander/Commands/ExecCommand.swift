import ArgumentParser
import DeployCore
import DeployEngine
import DeployModel
import DeployReport
import Glibc
import Synchronization

/// Runs one command on all hosts of a group.
struct ExecCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "exec", abstract: "Runs a command on every host of a group, and sums up.",
    discussion: """
      Several words are started as they are; one word is given to sh: lander exec web -- 'ps aux | grep shop'. It takes no lock and \
      is not in the journal. What hosts print is shown without the values of the secrets that the recipes name. \
      Ctrl-C ends it on every host; a second one leaves it running there. \
      Exits with 0 where it did on every host, with 20 where a host is out of reach, with 12 otherwise.
      """)

  @OptionGroup var options: ProjectOptions
  @Argument(help: ArgumentHelp("The group.", valueName: "group"))
  var group: String
  @Argument(
    parsing: .postTerminator, help: ArgumentHelp("The command, after --.", valueName: "command"))
  var command: [String] = []
  @Option(help: ArgumentHelp("Only these hosts; * stands for anything.", valueName: "host"))
  var only: [String] = []
  @Option(help: ArgumentHelp("How long it may take on a host: 90s, 5m.", valueName: "time"))
  var timeout = "1m"
  @Option(help: ArgumentHelp("Hosts at once.", valueName: "count"))
  var parallel = 30

  func validate() throws {
    if command.isEmpty {
      throw ValidationError("Nothing to run. Write it after --: lander exec \(group) -- uptime")
    }
    if Interval(timeout) == nil {
      throw ValidationError("--timeout takes a length of time such as 90s or 5m")
    }
    if parallel < 1 { throw ValidationError("--parallel takes 1 or more") }
  }

  func perform(on terminal: Terminal) async throws -> DeployModel.ExitCode {
    let project = try Wiring.project(options)
    guard var selection = try Groups.selections(project.project, group: group).first else {
      return .internal
    }
    if !only.isEmpty {
      selection = try Selection.bare(
        selection.recipe, group: group, only: only, in: project.project)
    }
    let engine = try Wiring.engine(for: project, options)
    let identity = Identity.make()
    let unknown = await engine.expect(secretsNamedIn: project.project.sources)
    if !unknown.isEmpty {
      terminal.tell("\(unknown.joined(separator: ", ")): no value is known here, so a host that prints one shows it as it is")
    }
    let operation = Operation.run(Command(command.count == 1 ? .shell(command[0]) : .argv(command)))
    let width = selection.hosts.map(\.name.count).max() ?? 0
    let limit = Interval(timeout) ?? .minutes(1)
    let errands = selection.hosts.enumerated().map { index, host in
      let intent = Intent(id: index + 1, place: .host(host.number), operation: operation, timeout: limit, site: Intent.Site())
      let site = HostSite(
        host: host, deployment: "exec-" + identity.id, application: selection.recipe.application, group: selection.group,
        path: host.place(selection.recipe.path), fence: -1, token: identity.token)
      return (intent: intent, site: site)
    }
    let interruption = Interruption()
    interruption.arm(terminal) { for errand in errands { await engine.ports.transport.cancel(errand.intent.id, at: errand.site) } }
    return try await Asking.with(engine) { engine in
      var results: [(String, Outcome)] = []
      await withTaskGroup(of: (String, Outcome).self) { group in
        for (index, (intent, site)) in errands.enumerated() {
          if index >= parallel, let next = await group.next() { results.append(next) }
          if interruption.code != nil { break }
          let host = site.host
          group.addTask {
            let outcome = await engine.ports.transport.perform(intent, at: site, output: { _ in })
            ExecCommand.show(outcome, of: host.name, width: width, on: terminal)
            return (host.name, outcome)
          }
        }
        for await next in group { results.append(next) }
      }
      let code = ExecCommand.conclude(results, on: terminal)
      return interruption.code ?? code
    }
  }

  /// Ctrl-C and SIGTERM while the command runs.
  private final class Interruption: Sendable {
    private let heard = Mutex<(signal: Int32, at: ContinuousClock.Instant)?>(nil)

    /// With what the command ends; nil where nobody interrupted it.
    var code: DeployModel.ExitCode? { heard.withLock { $0.map { ExitCode(endedBy: $0.signal) } } }

    func arm(_ terminal: Terminal, _ cancel: @escaping @Sendable () async -> Void) {
      Signals.hear(Signals.ending) { [self] number in
        let now = ContinuousClock.now
        let first = heard.withLock { first in
          defer { first = first ?? (number, now) }
          return first
        }
        // TERM soon after INT is the same request: CI runners send both. So is a terminal that is closed later.
        if let first, number == SIGHUP || number == SIGTERM && first.signal != SIGTERM && now - first.at < .seconds(30) { return }
        guard first == nil else { Ending.leave(code ?? .interrupted) }
        terminal.tell("Interrupted: ending the command on every host")
        Task { await cancel() }
      }
    }
  }

  private static func show(_ outcome: Outcome, of host: String, width: Int, on terminal: Terminal) {
    let name = terminal.out.paint(host.padded(to: width), .strong)
    var lines = SafeText.lines(outcome.stdout?.text ?? "").map { "\(name) | \($0)" }
    if outcome.stdout?.truncated == true {
      lines.append("\(name) | … cut: it wrote \((outcome.stdout?.bytes ?? 0).inBytes)")
    }
    terminal.say(lines)
    terminal.tell(
      SafeText.lines(outcome.stderr?.text ?? "").map { "\(host.padded(to: width)) ! \($0)" })
    if let failure = outcome.failure, outcome.status == nil {
      terminal.tell("\(host.padded(to: width)) ! \(SafeText.line(failure.message))")
    } else if let status = outcome.status, status != 0 {
      terminal.tell("\(host.padded(to: width)) ! exit status \(status)")
    }
  }

  private static func conclude(
    _ results: [(String, Outcome)], on terminal: Terminal
  )
    -> DeployModel.ExitCode
  {
    let failed = results.filter { $0.1.failure != nil }
    let unreachable = failed.filter { $0.1.failure?.kind == .unreachable }
    let good = results.count - failed.count
    var text = "\(good) of \(results.count.of("host")) succeeded"
    if !failed.isEmpty {
      text +=
        "; failed: " + failed.map(\.0).sorted().prefix(12).joined(separator: " ")
        + (failed.count > 12 ? " …" : "")
    }
    terminal.tell(text)
    return failed.isEmpty ? .done : unreachable.isEmpty ? .held : .unreachable
  }
}
