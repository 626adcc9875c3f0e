import ArgumentParser
import DeployModel

/// Selects hosts by the values of their tags: `--where role=web --where zone=a,b`.
struct WhereOption: ParsableArguments {
  @Option(
    name: .customLong("where"),
    help: ArgumentHelp(
      "Only hosts whose tag has this value, or one of several values (a,b). In a value, * stands for any characters. If you repeat the "
        + "option, a host must meet all conditions.",
      valueName: "tag=value"))
  var conditions: [String] = []

  /// - Throws: `Problems` if a condition is not a tag with a value.
  var words: [String] {
    get throws(Problems) {
      let bad = conditions.filter { condition in
        let parts = condition.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        return parts.count != 2 || parts[0].isEmpty || parts[1].split(separator: ",", omittingEmptySubsequences: false).contains("")
      }
      if bad.isEmpty { return conditions }
      throw Problems(bad.map { Problem("\"\($0)\" is not a tag with a value", subject: "--where", fix: "as in --where role=web") })
    }
  }
}
