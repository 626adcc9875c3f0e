import ArgumentParser
import DeployModel

/// The manual page `lander(1)`, made from the parser like `docs/cli.md`.
enum ManualPage {
  /// The page in roff, which `man` reads.
  static var lines: [String] {
    [".TH LANDER 1 \"\" \"lander \(Version.number)\" \"User Commands\"", ".SH NAME", "lander \\- deploys what a deploy.lua describes"]
      + sections(of: Lander.self, path: [])
  }

  private static func sections(of command: any ParsableCommand.Type, path: [String]) -> [String] {
    let path = path + [command.configuration.commandName ?? command._commandName]
    let help = Lander.helpMessage(for: command, columns: 78).parts(at: "\n", keepingEmpty: true)
    let own = [".SH \(escaped(path.joined(separator: " ").uppercased()))", ".nf"] + help.map { escaped(String($0)) } + [".fi"]
    let children = command.configuration.subcommands.filter { $0.configuration.shouldDisplay }
    return own + children.flatMap { child in sections(of: child, path: path) }
  }

  /// Returns a line that roff prints unchanged.
  private static func escaped(_ line: String) -> String {
    let text = line.replacing("\\", with: "\\e").replacing("-", with: "\\-")
    return text.hasPrefix(".") || text.hasPrefix("'") ? "\\&" + text : text
  }
}
