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
      Each command with its start (UTC), host, lifecycle event and exit status, then what it wrote: > before standard output, ! before \
      standard error. The last deployment comes with the rollback that it caused. Control characters are shown, not sent; --raw writes \
      the bytes as they came, and nothing else.
      """)

  @OptionGroup var options: ProjectOptions
  @Argument(
    help: ArgumentHelp("The deployment: its id, the beginning of it, or last.", valueName: "id"))
  var id = "last"
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
    let chosen = try await chosen(past)
    var shown = 0
    for (index, deployment) in chosen.enumerated() {
      let reading = try await past.journal.entries(of: deployment.id)
      if let damage = reading.damage {
        terminal.tell(PastDeployments.problem(damage, of: deployment.id).lines(on: terminal.err))
      }
      try check(deployment, CommandLog.names(in: reading.entries))
      if chosen.count > 1, !raw { terminal.say((index == 0 ? [] : [""]) + [deployment.heading]) }
      for command in CommandLog.commands(in: reading.entries) where host == nil || command.host == host {
        try show(command, of: deployment, past, terminal)
        shown += 1
      }
    }
    if shown == 0 {
      let ids = chosen.map(\.id).joined(separator: " and ")
      terminal.tell("No command ran\(host.map { " on \($0)" } ?? "") in deployment \(ids).")
    }
    return .done
  }

  /// The deployment that was named; for the last one, also the deployment whose failure it took back.
  private func chosen(_ past: PastDeployments) async throws -> [DeploymentSummary] {
    let named = try await past.find(id)
    guard id == "last", case .rollback(of: let failed?) = named.kind else { return [named] }
    return try await past.journal.deployments().filter { $0.id == failed } + [named]
  }

  private func check(_ deployment: DeploymentSummary, _ names: [String]) throws {
    guard let host, host != "here", !names.contains(host) else { return }
    // The rollback of a deployment goes to the hosts that were touched only.
    if case .rollback(of: _?) = deployment.kind, id == "last" { return }
    throw Problems(
      Problem(
        "deployment \(deployment.id) has no host \"\(host)\"",
        fix: NearMatch.hint(host, among: names + ["here"])))
  }

  private func show(_ command: CommandLog, of deployment: DeploymentSummary, _ past: PastDeployments, _ terminal: Terminal) throws {
    let streams = try [OutputChunk.Stream.stdout, .stderr].map {
      try past.journal.output.output(of: deployment.id, place: command.place, intent: command.intent, stream: $0)
    }
    if raw {
      Terminal.write(streams[0], to: STDOUT_FILENO)
      Terminal.write(streams[1], to: STDERR_FILENO)
    } else {
      terminal.say(command.lines(stdout: streams[0], stderr: streams[1], on: terminal.out))
    }
  }
}

extension DeploymentSummary {
  /// `Rollback 20261121-113101-b2c3 of web to production, 2026-11-21 11:31:01 UTC`
  fileprivate var heading: String {
    let verb = if case .rollback = kind { "Rollback" } else { "Deployment" }
    return "\(verb) \(id) of \(recipe) to \(group), \(When(began).full) UTC"
  }
}
