import ArgumentParser
import DeployModel
import FoundationEssentials

/// The long options of commands that also take a recipe's parameters, as the parser knows them.
enum OptionNames {
  /// Those parts of the parser's own description of a command that are needed here.
  private struct Dump: Decodable {
    struct Command: Decodable { var arguments: [Argument]? }
    struct Argument: Decodable { var names: [Name]? }
    struct Name: Decodable {
      var kind: String
      var name: String
    }
    var command: Command
  }

  /// The options of all commands that act on a recipe, including the parser's own. Asking the parser takes 15 ms, so commands that read a
  /// recipe with parameters ask `ReservedNames`.
  static var all: Set<String> {
    Set(acting.flatMap { names(of: $0) }).union(["help", "help-hidden", "generate-completion-script", "experimental-dump-help"])
  }

  /// Returns the first command that acts on a recipe and has this option, or nil if no such command has it.
  static func owner(of option: String) -> String? {
    acting.first { names(of: $0).contains(option) }.map { "lander " + ($0.configuration.commandName ?? $0._commandName) }
  }

  private static let acting: [any ParsableCommand.Type] = [
    DeployCommand.self, PlanCommand.self, RehearseCommand.self, SimulateCommand.self, RollbackCommand.self, RunCommand.self,
  ]

  /// The options of the command that was typed.
  static var typed: [String] { names(of: Subcommand.named(Elsewhere.rest(of: Array(CommandLine.arguments.dropFirst())))) }

  static func names(of command: any ParsableCommand.Type) -> [String] {
    guard let dump = try? JSONDecoder().decode(Dump.self, from: Data(command._dumpHelp().utf8)) else { return [] }
    return (dump.command.arguments ?? []).flatMap { $0.names ?? [] }.filter { $0.kind == "long" }.map(\.name)
  }

  /// Returns a problem if a parameter cannot be given as `--NAME`, because an option of lander has that name. Otherwise returns nil.
  static func clash(_ parameter: Parameter) -> Problem? {
    let plain = parameter.name.replacing("_", with: "-")
    let typed = [plain, parameter.name] + (parameter.kind == .boolean ? ["no-" + plain, "no-" + parameter.name] : [])
    guard let taken = typed.first(where: ReservedNames.contains) else { return nil }
    return Problem(
      "parameter \"\(parameter.name)\" cannot be given as an option, because --\(taken) is an option of lander itself",
      place: parameter.place,
      fix: "give it a name of its own, such as \"app_\(parameter.name)\"")
  }
}
