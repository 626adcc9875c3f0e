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
