import ArgumentParser
import DeployModel

/// Prints the reference of all commands as one page of Markdown, made from the parser: `docs/cli.md`.
struct HelpPagesCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "help-pages", abstract: "Prints the reference of all commands as Markdown.",
    discussion: """
      Example:
        lander help-pages > docs/cli.md
      """,
    shouldDisplay: false)

  @OptionGroup var form: ResultOptions
  @Option(help: ArgumentHelp("Write the reference of deploy.lua into this folder instead: docs/reference.", valueName: "dir"))
  var reference: String?

  @Flag(help: "Print annotations for Lua language servers instead: lander.d.lua.")
  var stub = false

  @Flag(help: "Print the manual page instead: lander.1.")
  var man = false

  func perform(on terminal: Terminal) async throws -> DeployModel.ExitCode {
    if let reference {
      let files = try LanguagePages.reference()
      for file in files { try Folder.writeNew(file.text, to: "\(Folder.absolute(reference))/\(file.name)") }
      terminal.say("Wrote \(files.count.of("page")) to \(reference).")
      return .done
    }
    if stub {
      terminal.say(try LanguagePages.stub())
      return .done
    }
    if man {
      terminal.say(ManualPage.lines)
      return .done
    }
    var lines = [
      "# The command line", "",
      "Made from the parser by `lander help-pages > docs/cli.md`; a test compares the two.", "",
    ]
    lines += HelpPagesCommand.section(of: Lander.self, path: [])
    terminal.say(lines)
    return .done
  }

  private static func section(of command: any ParsableCommand.Type, path: [String]) -> [String] {
    let name = command.configuration.commandName ?? command._commandName
    let path = path + [name]
    let help = Lander.helpMessage(for: command, columns: 110).split(
      separator: "\n", omittingEmptySubsequences: false)
    let trimmed = help.map { line in String(line.reversed().drop { $0 == " " }.reversed()) }
    let body = trimmed.reversed().drop { $0.isEmpty }.reversed()
    let heading = path.count == 1 ? "## lander" : "## " + path.joined(separator: " ")
    var lines = [heading, "", "```"] + body + ["```", ""]
    if path.count == 1, lines.last == "" {
      lines.removeLast()
      lines.append("")
    }
    for child in command.configuration.subcommands where child.configuration.shouldDisplay {
      lines += section(of: child, path: path)
    }
    return path.count == 1 ? Array(lines.dropLast()) : lines
  }
}
