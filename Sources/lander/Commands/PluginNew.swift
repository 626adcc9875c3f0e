import ArgumentParser
import DeployModel
import DeployReport

/// Writes a first plugin, with a test.
struct PluginNew: Verb {
  static let configuration = CommandConfiguration(
    commandName: "new", abstract: "Writes a plugin with a test.",
    discussion: """
      In a project, the plugin goes into plugins/NAME. Outside a project, it goes into NAME. The command never overwrites a file.

      Example:
        lander plugin new slack
      """)

  @OptionGroup var options: ProjectOptions
  @OptionGroup var form: ResultOptions
  @Argument(help: ArgumentHelp("The plugin's name: letters, digits, _ and -.", valueName: "name"))
  var name: String

  func validate() throws {
    if options.state != nil { throw ValidationError("--state has no effect here: a new plugin has no state folder") }
  }

  func perform(on terminal: Terminal) async throws -> DeployModel.ExitCode {
    let project = try? options.folder()
    let folder = project.map { "\($0)/plugins/\(name)" } ?? Folder.absolute(name, in: options.folderOrHere)
    try NewPlugin(name: name, folder: folder, project: project).write()
    terminal.give(JSON.record([("plugin", .text(name)), ("folder", .text(folder))]))
    terminal.say("Wrote plugin \(name) in \(folder).")
    terminal.say([
      "", "Next",
      "  1. plugin.lua      what the plugin is, and everything that it may reach",
      "  2. init.lua        what require \"\(name)\" gives",
      project == nil
        ? "  3. lander -C \(name) test      runs spec/\(name)_spec.lua without a host"
        : "  3. lander test      runs plugins/\(name)/spec/\(name)_spec.lua without a host",
      "  4. git init, commit, git tag v0.1.0; others take it with lander plugin add SOURCE",
    ])
    return .done
  }
}
