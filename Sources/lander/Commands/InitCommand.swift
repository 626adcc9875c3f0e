import ArgumentParser
import DeployModel
import DeployReport

/// Writes a commented `deploy.lua` for the project in the folder.
struct InitCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "init", abstract: "Writes a commented deploy.lua for the project in this folder.",
    discussion: """
      lander recognizes static sites and projects in Node, Python, Ruby, Swift and Go. For other projects it writes a general deploy.lua. \
      It never overwrites a deploy.lua.

      Examples:
        lander init
        lander init shop --kind node
      """
  )

  @OptionGroup var form: ResultOptions
  @Argument(help: ArgumentHelp("The project's folder.", valueName: "dir"))
  var folder = "."

  @Option(
    help: ArgumentHelp("The application's name. Default: the folder's name.", valueName: "name"))
  var name: String?

  @Option(
    help: ArgumentHelp(
      "The kind of project: \(ProjectKind.names). Without it, lander detects the kind.", valueName: "kind"))
  var kind: ProjectKind?

  @Flag(help: "Only write .luarc.json and .luals/lander.lua for Lua language servers. Replace an older lander.lua.")
  var editor = false

  func perform(on terminal: Terminal) async throws -> DeployModel.ExitCode {
    let place = Folder.absolute(folder)
    if editor {
      try EditorFiles(folder: place).write()
      terminal.give(JSON.record([("folder", .text(place)), ("file", .text(EditorFiles.stub))]))
      terminal.say("Wrote \(EditorFiles.stub) for editors.")
      return .done
    }
    let (kind, ignored) = try NewProject(folder: place, name: name, kind: kind).write()
    terminal.give(
      JSON.record([("folder", .text(place)), ("kind", .text(kind.rawValue)), ("file", "deploy.lua"), ("ignores_state", .bool(ignored))]))
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
