import ArgumentParser
import DeployDesk
import DeployModel

/// Runs one command on all hosts of a group.
struct ExecCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "exec", abstract: "Runs a command on every host of a group, and summarizes the results.",
    discussion: """
      If the command has several words, lander starts the first word as a program, with the other words as arguments. If the command is \
      one word, sh runs it: lander exec web -- 'ps aux | grep shop'. lander takes no lock, and does not record the command in the journal. \
      With --user, the command runs as a user other than the login user. This needs sudo without a password on the hosts. In the output, \
      lander hides the values of the secrets that recipes use. Ctrl-C ends the command on every host. After a second Ctrl-C, the command \
      might still run on hosts. Exits with 0 if the command exited with 0 on every host, with 20 if a host is unreachable, and with 12 \
      otherwise.

      Examples:
        lander exec production -- uptime
        lander exec production --only web1 -- 'df -h | tail -3'
        lander exec production --user postgres --json -- psql -c 'select 1'
      """)

  @OptionGroup var options: ProjectOptions
  @OptionGroup var form: ResultOptions
  @Argument(help: ArgumentHelp("The group.", valueName: "group"), completion: KnownNames.groups)
  var group: String
  @Argument(
    parsing: .postTerminator, help: ArgumentHelp("The command, after --.", valueName: "command"))
  var command: [String] = []
  @Option(help: ArgumentHelp("Only these hosts, separated by commas. In a name, * stands for any characters.", valueName: "host"))
  var only: [String] = []
  @OptionGroup var tags: WhereOption
  @Option(help: ArgumentHelp("Run the command as this user. Default: the login user.", valueName: "name"))
  var user: String?
  @Option(help: ArgumentHelp("The time limit of the command on a host, such as 90s or 5m.", valueName: "time"))
  var timeout = "1m"
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The number of hosts on which the command runs at the same time.", valueName: "count"))
  var parallel = 30

  func validate() throws {
    if command.allSatisfy({ $0.allSatisfy(\.isWhitespace) }) {
      throw ValidationError("Nothing to run. Write it after --: lander exec \(group) -- uptime")
    }
    if Interval(timeout) == nil {
      throw ValidationError("--timeout takes a length of time such as 90s or 5m, of at most 100 days")
    }
    if let user, user.isEmpty || user.hasPrefix("-") || user.contains(where: { $0.isWhitespace || "/:".contains($0) }) {
      throw ValidationError("--user takes the name of a user, such as postgres")
    }
    if parallel < 1 { throw ValidationError("--parallel takes 1 or more") }
  }

  func perform(on terminal: Terminal) async throws -> DeployModel.ExitCode {
    let (project, desk, selection) = try await Wiring.open(options, onlyReads: true, tell: terminal.listener()) {
      try $0.selection(ofGroup: group, only: HostChoice.names(only) + tags.words)
    }
    let execution = Execution(command, on: selection, limit: Interval(timeout) ?? .minutes(1), as: user, at: desk)
    let report = ExecReport(hosts: execution.hosts, terminal: terminal)
    let interruption = ExecInterruption()
    interruption.arm(terminal) { await execution.cancel() }
    return try await desk.use { desk in
      let unknown = await desk.expect(secretsNamedIn: project.project.sources)
      if !unknown.isEmpty {
        terminal.tell("\(unknown.joined(separator: ", ")): lander does not know these values here, so it cannot hide them in the output")
      }
      let results = await execution.run(parallel: parallel, isEnding: { interruption.code != nil }) { report.show($1, of: $0) }
      let code = report.conclude(results)
      return interruption.code ?? code
    }
  }
}
