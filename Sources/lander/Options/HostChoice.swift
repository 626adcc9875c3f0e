import ArgumentParser
import DeployModel

/// The hosts of a recipe's group, for commands that neither build nor take parameters.
struct HostChoice: ParsableArguments {
  @OptionGroup var chosen: GroupOption
  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Only these hosts of the group, separated by blanks or commas. In a name, * stands for any characters.", valueName: "host"))
  var only: [String] = []
  @OptionGroup var tags: WhereOption

  var group: String? { chosen.group }

  /// - Throws: `Problems` as `names(_:of:)` does.
  var names: [String] { get throws { try HostChoice.names(only) + tags.words } }

  /// Runs `look`, which looks up hosts. If the hosts were not given with `--only`, its problems say which option or argument they come
  /// from.
  /// - Parameter option: the option with which the hosts were given, or nil if they are plain arguments.
  static func named<T>(by option: String?, _ look: () throws -> T) throws -> T {
    do { return try look() } catch var problems as Problems {
      for index in problems.list.indices where problems.list[index].subject == "--only" { problems.list[index].subject = option }
      throw problems
    }
  }

  /// Returns the names of hosts that typed words contain: `--only web1 web2`, `--only web1,web2`, `--only "web1 web2"`.
  /// - Parameter option: the option that gave the words.
  /// - Returns: an empty list if nothing was typed, which selects every host.
  /// - Throws: `Problems` if a word contains no name, for example because a variable is unset. Such a word must not select every host.
  static func names(_ words: [String], of option: String = "--only") throws(Problems) -> [String] {
    let names = words.map { $0.utf8.split { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: " ") }.map { String(Substring($0)) } }
    guard !names.contains([]) else {
      let fix = option == "--only" ? "name hosts, or leave out the option to select all hosts" : "name the host"
      throw Problems(Problem("it names no host", subject: option, fix: fix))
    }
    if let condition = names.joined().first(where: { $0.utf8.contains(UInt8(ascii: "=")) }) {
      throw Problems(Problem("\"\(condition)\" names no host", subject: option, fix: "tags are for --where \(condition)"))
    }
    return names.flatMap(\.self)
  }
}
