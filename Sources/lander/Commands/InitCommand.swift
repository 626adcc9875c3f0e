import ArgumentParser
import DeployModel

/// Writes a commented `deploy.lua` for the project it finds.
struct InitCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "init", abstract: "Writes a commented deploy.lua for the project in this folder.",
    discussion:
      "Knows static sites, Node, Python, Ruby, Swift and Go; anything else gets a plain one. Never overwrites."
  )

  @OptionGroup var form: ResultOptions
  @Argument(help: ArgumentHelp("The project's folder.", valueName: "dir"))
  var folder = "."

  @Option(
    help: ArgumentHelp("The application's name; without it, the folder's.", valueName: "name"))
  var name: String?

  @Option(
    help: ArgumentHelp(
      "What it is, instead of finding out: \(ProjectKind.names).", valueName: "kind"))
  var kind: ProjectKind?

  func perform(on terminal: Terminal) async throws -> DeployModel.ExitCode {
    let (kind, ignored) = try NewProject(folder: Folder.absolute(folder), name: name, kind: kind).write()
    terminal.say([
      "Wrote deploy.lua for \(kind.title)." + (ignored ? " Added .lander/ to .gitignore." : "")
    ])
    terminal.say([
      "", "Next",
      "  1. Put your hosts into group \"production\", and look at the lines marked with <--.",
      "  2. lander check, lander test      reads deploy.lua, and runs spec/deploy_spec.lua without a host",
      "  3. lander deploy --group here     tries it on this machine, in a folder of its own",
      "  4. lander plan, lander deploy     shows what would happen on your hosts, and does it",
    ])
    return .done
  }
}

extension ProjectKind: ExpressibleByArgument {}
