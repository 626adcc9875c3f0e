import ArgumentParser
import DeployDesk
import DeployModel
import DeployReport
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
  @OptionGroup var form: ResultOptions
  @Argument(
    help: ArgumentHelp("The deployment: its id, the beginning of it, or last.", valueName: "id"), completion: KnownNames.deployments)
  var id = "last"
  @Argument(
    help: ArgumentHelp("Only this host; here for the engine's own machine.", valueName: "host"))
  var host: String?
  @Flag(help: "Write the bytes as they came.")
  var raw = false

  func perform(on terminal: Terminal) async throws -> DeployModel.ExitCode {
    let past = try Wiring.somePast(options, fix: "lander status asks the hosts")
    let logs = try await past.logs(of: id, host: host)
    for (index, log) in logs.enumerated() {
      if let damage = log.damage { terminal.tell(damage.problem(of: log.deployment.id).lines(on: terminal.err)) }
      if logs.count > 1, !raw { terminal.say((index == 0 ? [] : [""]) + [log.deployment.heading]) }
      for command in log.commands {
        let (stdout, stderr) = try past.output(of: command, in: log.deployment.id)
        if raw {
          Terminal.write(stdout, to: STDOUT_FILENO)
          Terminal.write(stderr, to: STDERR_FILENO)
        } else {
          terminal.say(command.lines(stdout: stdout, stderr: stderr, on: terminal.out))
        }
      }
    }
    if logs.allSatisfy(\.commands.isEmpty) {
      let ids = logs.map(\.deployment.id).joined(separator: " and ")
      terminal.tell("No command ran\(host.map { " on \($0)" } ?? "") in deployment \(ids).")
    }
    return .done
  }
}
