import ArgumentParser
import DeployModel

/// Writes a commented `deploy.lua` for the project it finds.
struct InitCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "init", abstract: "Writes a commented deploy.lua for the project in this folder.",
    discussion:
      "Knows static sites, Node, Python, Ruby, Swift and Go; anything else gets a plain one. Never overwrites."
  )

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
    let folder = Folder.absolute(folder)
    guard Folder.isDirectory(folder) else {
      throw Problems(Problem("there is no folder \(folder)"))
    }
    guard !Folder.exists(folder + "/deploy.lua") else {
      throw Problems(
        Problem(
          "\(folder)/deploy.lua is there already",
          fix: "lander check reads it; remove it to begin again"))
    }
    let kind = kind ?? ProjectKind.found(in: folder)
    let template = DeployFile(
      application: DeployFile.safeName(name ?? Folder.name(of: folder)), kind: kind, folder: folder)
    try Folder.write(template.text, to: folder + "/deploy.lua")
    let ignored = try ignoreState(in: folder)
    terminal.say([
      "Wrote deploy.lua for \(kind.title)." + (ignored ? " Added .lander/ to .gitignore." : "")
    ])
    terminal.say([
      "", "Next",
      "  1. Put your hosts into group \"production\", and look at the lines marked with <--.",
      "  2. lander check                   reads deploy.lua and says what is wrong",
      "  3. lander deploy --group here     tries it on this machine, in a folder of its own",
      "  4. lander plan, lander deploy     shows what would happen on your hosts, and does it",
    ])
    return .done
  }

  /// Adds `.lander/` to `.gitignore`, unless something there ignores it already. True where it was added.
  private func ignoreState(in folder: String) throws(Problem) -> Bool {
    let path = folder + "/.gitignore"
    let text = try Folder.text(at: path) ?? ""
    let lines = text.fullLines.map { $0.drop { $0 == " " } }
    if lines.contains(where: { [".lander", ".lander/", "/.lander", "/.lander/"].contains($0) }) {
      return false
    }
    try Folder.write(
      text + (text.isEmpty || text.hasSuffix("\n") ? "" : "\n") + ".lander/\n", to: path)
    return true
  }
}

extension ProjectKind: ExpressibleByArgument {}
