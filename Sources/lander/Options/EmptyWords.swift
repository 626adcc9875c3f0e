import ArgumentParser
import DeployModel

/// Refuses options of `lander` with an empty value. If a variable is unset, `--revision "$ARTIFACT"` has such a value.
enum EmptyWords {
  /// - Parameter arguments: all words after `lander`. Words after `--` are not checked, because they belong to a command on hosts.
  /// - Throws: `Problems`, one for each empty value. Parameters of recipes are not checked, because their types say which values are valid.
  static func check(_ arguments: [String]) throws(Problems) {
    let words = arguments.prefix { $0 != "--" }
    // This comes first, because it takes some milliseconds to find out a command's options.
    guard words.contains(where: { $0.hasSuffix("=") || $0.allSatisfy(\.isWhitespace) }) else { return }
    let options = Set(OptionNames.names(of: Subcommand.named(Array(words))))
    var problems: [Problem] = []
    var option: String? = "an argument"
    for word in words {
      if word.hasPrefix("--") {
        let name = word.dropFirst(2).prefix { $0 != "=" }
        option = options.contains(String(name)) ? "--\(name)" : nil
        if let option, word == option + "=" { problems.append(problem(option)) }
      } else if word == "-C" {
        option = word
      } else if word.allSatisfy(\.isWhitespace), let option {
        problems.append(problem(option))
      }
    }
    if !problems.isEmpty { throw Problems(problems) }
  }

  private static func problem(_ option: String) -> Problem {
    Problem("it has an empty value", subject: option, fix: "leave out the option, or check the variable that has its value")
  }
}
