import ArgumentParser
import DeployDesk
import DeployModel

/// Runs lines of Lua in the same way as hooks.
struct ReplCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "repl", abstract: "Runs lines of Lua as a hook would run them, on simulated hosts or on real hosts.",
    discussion: """
      A line can use host, hosts, deployment, and all functions that a recipe can call. If a line is an expression, the prompt shows its \
      value. The variable _ has the last value. A variable that you assign without local keeps its value for the next lines.

      Without --host, the hosts are simulated: they run an earlier release, commands succeed and print nothing, and no time passes. With \
      --host, your lines run commands on this real host and on this machine, with the same ssh settings as a deployment. The prompt takes \
      no lock and writes no journal, so it does not disturb a deployment that runs at the same time. Each operation happens at most once \
      and has a deadline. lander hides the values of the secrets that recipes use.

      The command :help lists the other commands of the prompt. Ctrl-C ends the current line, but not the prompt. If the machine has \
      libedit, the arrow keys bring back earlier lines and Tab completes names. On Debian, libedit is in the package libedit2. lander does \
      not save the lines.

      If standard input is not a terminal, lander runs its lines one after the other. The first error ends the command, and the exit code \
      is the code of this error.

      Examples:
        lander repl
        lander repl --host web1
        echo 'host:run "uname -r"' | lander repl --host web1
      """)

  @OptionGroup var options: ProjectOptions
  @OptionGroup var form: ResultOptions
  @Option(
    help: ArgumentHelp("Use this real host. In a name, * stands for any characters.", valueName: "host"), completion: KnownNames.hosts)
  var host: String?
  @Option(help: ArgumentHelp("The recipe, if the project has several.", valueName: "recipe"), completion: KnownNames.recipes)
  var recipe: String?
  @OptionGroup var chosen: GroupOption

  func perform(on terminal: Terminal) async throws -> DeployModel.ExitCode {
    let lines = PromptLines(terminal)
    guard let host else {
      let project = try Wiring.project(options)
      let selection = try project.project.selection(recipe: recipe, group: chosen.group)
      let prompt = try Prompt(simulating: selection, of: project, stage: Wiring.stage) { lines.take($0) }
      return await PromptLoop(prompt, lines, are: "simulated").run()
    }
    let (project, desk, selection) = try await Wiring.open(options, onlyReads: true, tell: terminal.listener()) { project in
      try HostChoice.named(by: "--host") { try project.selection(recipe: recipe, group: chosen.group, only: [host]) }
    }
    return try await desk.use { desk in
      let unknown = await desk.expect(secretsNamedIn: project.project.sources)
      if !unknown.isEmpty {
        terminal.tell("\(unknown.joined(separator: ", ")): lander does not know these values here, so it cannot hide them in the output")
      }
      let prompt = try await Prompt(reaching: selection, of: project, at: desk) { lines.take($0) }
      let code = await PromptLoop(prompt, lines, are: "real").run()
      await prompt.close()
      return code
    }
  }
}
