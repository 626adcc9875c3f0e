import ArgumentParser
import DeployDesk
import DeployModel

/// Runs lines of Lua in the run phase.
struct ReplCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "repl", abstract: "Runs lines of Lua as hooks run them: on simulated hosts, or on real ones.",
    discussion: """
      host, hosts and deployment are there, and every word that functions call. An expression shows its value, `_` is the last one, and \
      what is assigned without local stays. Hosts are simulated: an earlier release runs there, commands succeed and say nothing, and no \
      time passes. --host reaches a host as it is, by the same settings as a deployment, and what a line asks is done there and on this \
      machine. As with exec, it takes no lock and is not in the journal, and a deployment that runs meanwhile does not hear of it. Each \
      operation happens at most once and has a deadline. Values of secrets that the recipes name are not shown. \
      :help shows what else can be typed. Ctrl-C ends the line and not the prompt. If standard input is no terminal, its lines are run one \
      after the other, and the first error ends the command with its exit code.

      Examples:
        lander repl
        lander repl --host web1
        echo 'host:run "uname -r"' | lander repl --host web1
      """)

  @OptionGroup var options: ProjectOptions
  @OptionGroup var form: ResultOptions
  @Option(help: ArgumentHelp("A real host; * stands for anything.", valueName: "host"), completion: KnownNames.hosts)
  var host: String?
  @Option(help: ArgumentHelp("The recipe, if there are several.", valueName: "recipe"), completion: KnownNames.recipes)
  var recipe: String?
  @Option(help: ArgumentHelp("A group other than the recipe's own.", valueName: "name"), completion: KnownNames.groups)
  var group: String?

  func perform(on terminal: Terminal) async throws -> DeployModel.ExitCode {
    let lines = PromptLines(terminal)
    guard let host else {
      let project = try Wiring.project(options)
      let selection = try project.project.selection(recipe: recipe, group: group)
      let prompt = try Prompt(simulating: selection, of: project, stage: Wiring.stage) { lines.take($0) }
      return await PromptLoop(prompt, lines, are: "simulated").run()
    }
    let (project, desk, selection) = try Wiring.open(options, onlyLooks: true, tell: terminal.listener()) { project in
      try HostChoice.named(by: "--host") { try project.selection(recipe: recipe, group: group, only: [host]) }
    }
    return try await desk.use { desk in
      let unknown = await desk.expect(secretsNamedIn: project.project.sources)
      if !unknown.isEmpty {
        terminal.tell("\(unknown.joined(separator: ", ")): no value is known here, so a host that prints one shows it as it is")
      }
      let prompt = try await Prompt(reaching: selection, of: project, at: desk) { lines.take($0) }
      let code = await PromptLoop(prompt, lines, are: "real").run()
      await prompt.close()
      return code
    }
  }
}
