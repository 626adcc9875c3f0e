import ArgumentParser
import DeployModel

/// Which hosts of a recipe's group a command is about: the same for those that neither build nor take parameters.
struct HostChoice: ParsableArguments {
  @Option(help: ArgumentHelp("A group other than the recipe's own.", valueName: "name"))
  var group: String?
  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("Only these hosts of the group; * stands for anything.", valueName: "host"))
  var only: [String] = []

  var names: [String] { HostChoice.names(only) }

  /// Host names as people type them: `--only web1 web2`, `--only web1,web2`, `--only "web1 web2"`.
  static func names(_ words: [String]) -> [String] {
    words.flatMap { $0.utf8.split { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: " ") }.map { String(Substring($0)) } }
  }
}

/// A command's project with the engine that asks its hosts, made in one way for all.
struct Opened {
  let project: LoadedProject
  let engine: Engine

  /// - Parameter bundle: names a project without a `deploy.lua`, if it was typed.
  /// - Throws: what is wrong with the project, or with what is chosen in it; then no engine was made.
  static func project<T>(
    _ options: ProjectOptions, _ bundle: AppSpecOption, _ choose: (Project) throws -> T
  ) throws -> (opened: Opened, chosen: T) {
    let project = try bundle.project() ?? Wiring.project(options)
    let chosen = try choose(project.project)
    return (Opened(project: project, engine: try Wiring.engine(for: project, options)), chosen)
  }
}
