import ArgumentParser
import DeployDesk
import DeployModel

/// Runs one command on all hosts of a group.
struct ExecCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "exec", abstract: "Runs a command on every host of a group, and summarizes the results.",
    discussion: """
      If the command has several words, lander starts the first as a program, with the others as arguments. If it is one word, sh runs it: \
      lander exec web -- 'ps aux | grep shop'. The command takes no lock and is not in the journal. --user runs it as a user other than \
      the login user; that needs sudo without a password on the hosts. In the output, lander hides the values of the secrets that recipes \
      use. Ctrl-C ends the command on every host; after a second Ctrl-C, the command might still run there. Exits with 0 if the command \
      exited with 0 on every host, with 20 if a host is unreachable, with 12 otherwise.

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
  @Option(help: ArgumentHelp("Only these hosts, with commas between; * stands for anything.", valueName: "host"))
  var only: [String] = []
  @OptionGroup var tags: WhereOption
  @Option(help: ArgumentHelp("Run the command as this user; the default is the login user.", valueName: "name"))
  var user: String?
  @Option(help: ArgumentHelp("The longest time that the command may take on a host: 90s, 5m.", valueName: "time"))
  var timeout = "1m"
  @Option(parsing: .unconditional, help: ArgumentHelp("Number of hosts at the same time.", valueName: "count"))
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
        terminal.tell("\(unknown.joined(separator: ", ")): no value is known here, so a host that prints one shows it as it is")
      }
      let results = await execution.run(parallel: parallel, isEnding: { interruption.code != nil }) { report.show($1, of: $0) }
      let code = report.conclude(results)
      return interruption.code ?? code
    }
  }
}
