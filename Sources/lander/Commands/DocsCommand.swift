import ArgumentParser
import DeployModel
import DeployReport

/// Shows the reference in the terminal.
struct DocsCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "docs", abstract: "Explains a function of deploy.lua, a field, a plugin or a strategy.",
    discussion: """
      NAME is a function of the recipe language (host:run, recipe, wait_for), a field (recipe.keep, timeout) or a strategy (canary). NAME \
      can also be a plugin of the project or of lander, a lifecycle event, a capability, or a kind of error. Without NAME, the command \
      lists all names. The pages in docs/reference have the same text.

      Examples:
        lander docs host:run
        lander docs timeout --json
      """)

  @OptionGroup var options: ProjectOptions
  @OptionGroup var form: ResultOptions
  @Argument(help: ArgumentHelp("The name to look up.", valueName: "name"))
  var name: String?

  func perform(on terminal: Terminal) async throws -> DeployModel.ExitCode {
    let lookup = try DocsLookup(folder: options.folderOrHere, state: options.stateFolder())
    guard let name else {
      let rows = lookup.words.map { [$0.name, $0.summary] }
      let value = Value.list(lookup.words.map { JSON.record([("name", .text($0.name)), ("summary", .text($0.summary))]) })
      terminal.show(Table(["WORD", "WHAT IT IS"], rows: rows).lines(on: terminal.out), value)
      return .done
    }
    let found = try lookup.found(name)
    let lines = found.enumerated().flatMap { number, one in (number > 0 ? [""] : []) + one.lines }
    terminal.show(lines, .list(found.map(\.value)))
    return .done
  }
}
