import DeployCore
import DeployModel

/// The arguments of a command that are not its own options: the recipe's name, and the recipe's parameters as options.
struct RecipeOptions: Equatable {
  private(set) var recipe: String?
  private(set) var parameters: [Value.Member] = []
  /// A problem for every word that is neither a recipe nor a parameter, and for every option without its value.
  private(set) var problems: [Problem] = []

  /// - Parameters:
  ///   - words: the arguments that the command did not know, in order: `web --percent 10% --no-migrate`.
  ///   - explicit: `name=value` of each `--param`.
  ///   - recipes: names of all recipes.
  ///   - declared: parameters of all recipes.
  ///   - options: the command's own long options, for near matches.
  init(_ words: [String], explicit: [String], recipes: [String], declared: [Parameter], options: [String]) {
    var rest = words[...]
    while let word = rest.popFirst() {
      guard word.hasPrefix("-"), word != "-" else {
        if recipe == nil {
          recipe = word
        } else {
          problems.append(
            Problem(
              "unexpected \"\(word)\": the recipe \"\(recipe ?? "")\" was already named",
              fix: "deploy one recipe at a time"))
        }
        continue
      }
      let sides = word.drop { $0 == "-" }.split(
        separator: "=", maxSplits: 1, omittingEmptySubsequences: false
      ).map(String.init)
      let name = sides[0]
      let value = sides.count > 1 ? sides[1] : nil
      if let parameter = Self.find(name, in: declared) {
        take(parameter, value, &rest)
      } else if name.hasPrefix("no-"),
        let parameter = Self.find(String(name.dropFirst(3)), in: declared),
        parameter.kind == .boolean
      {
        add(parameter.name, "false", of: parameter)
        if value != nil {
          problems.append(Problem("--\(name) takes no value", fix: "--\(name) alone means no"))
        }
      } else {
        problems.append(
          Self.unknown(word.hasPrefix("--") ? "--" + name : word, name, declared, options))
        // The next word is probably the value of the misspelt option, and one problem is enough.
        if value == nil, let next = rest.first, !next.hasPrefix("-"), !recipes.contains(next) { rest.removeFirst() }
      }
    }
    let short = parameters
    for text in explicit {
      let sides = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(
        String.init)
      if sides.count == 2, !sides[0].isEmpty {
        let parameter = Self.find(sides[0], in: declared)
        if let parameter, let problem = Self.contradiction(text, sides[1], of: parameter, short) {
          problems.append(problem)
        } else {
          add(sides[0], sides[1], of: parameter)
        }
      } else {
        problems.append(
          Problem(
            "\"\(text)\" is not NAME=VALUE", subject: "--param", fix: "write --param percent=10%"))
      }
    }
  }

  /// Returns a problem if `--param` and the short form give one parameter two values, or nil if they do not.
  /// - Parameters:
  ///   - text: the value of `--param`. `value` is the part of it after the `=`.
  ///   - short: the parameters that were given in the short form.
  private static func contradiction(_ text: String, _ value: String, of parameter: Parameter, _ short: [Value.Member]) -> Problem? {
    guard !parameter.kind.isList, let other = short.last(where: { $0.name.isExactly(parameter.name) })?.value.text,
      !meaning(value, parameter).isExactly(meaning(other, parameter))
    else { return nil }
    return Problem(
      "it has two values: --\(parameter.name) \(other), and --param \(text)", subject: "--\(parameter.name)", fix: "keep one of them")
  }
  private static func meaning(_ text: String, _ parameter: Parameter) -> String {
    guard parameter.kind == .boolean else { return text }
    return ["true", "yes", "on"].contains(text) ? "true" : ["false", "no", "off"].contains(text) ? "false" : text
  }

  /// Returns the parameters of all recipes. Those of the recipe that the words mention come first. If parameters of several recipes have
  /// the same name, the type of the first one counts.
  static func declared(in project: Project, for words: [String]) -> [Parameter] {
    let named = words.lazy.compactMap { word in project.recipes.first { $0.name.isExactly(word) } }.first
    let own = named ?? (project.recipes.count == 1 ? project.recipes[0] : nil)
    let all = (own.map { [$0] } ?? []) + project.recipes.filter { $0.name != own?.name }
    return all.flatMap { $0.parameters + $0.inherited }
  }

  private static func find(_ name: String, in declared: [Parameter]) -> Parameter? {
    declared.first { $0.name.isExactly(name) }
      ?? declared.first { $0.name.isExactly(name.replacing("-", with: "_")) }
  }

  private mutating func take(
    _ parameter: Parameter, _ value: String?, _ rest: inout ArraySlice<String>
  ) {
    if let value {
      add(parameter.name, value, of: parameter)
    } else if parameter.kind == .boolean {
      let isValue =
        rest.first.map { ["true", "false", "yes", "no", "on", "off"].contains($0) } ?? false
      add(parameter.name, isValue ? rest.removeFirst() : "true", of: parameter)
    } else if let next = rest.first, !next.hasPrefix("--") {
      rest.removeFirst()
      add(parameter.name, next, of: parameter)
    } else {
      problems.append(
        Problem(
          "it needs a value: \(parameter.kind.words)", place: parameter.place,
          subject: "--\(parameter.name)"))
    }
  }

  /// A list can be given in several options. Any other parameter has one value, which may be given twice.
  private mutating func add(_ name: String, _ text: String, of parameter: Parameter?) {
    guard let index = parameters.firstIndex(where: { $0.name.isExactly(name) }), let before = parameters[index].value.text else {
      parameters.append(Value.Member(name, .text(text)))
      return
    }
    if parameter?.kind.isList == true {
      parameters[index].value = .text(before + "," + text)
    } else if !(parameter.map { Self.meaning(before, $0).isExactly(Self.meaning(text, $0)) } ?? before.isExactly(text)) {
      problems.append(Problem("it has two values: \(before), and \(text)", subject: "--\(name)", fix: "keep one of them"))
    }
  }

  private static func unknown(
    _ word: String, _ name: String, _ declared: [Parameter], _ options: [String]
  ) -> Problem {
    let candidates =
      declared.map(\.name) + declared.filter { $0.kind == .boolean }.map { "no-" + $0.name }
      + options
    let near = NearMatch.of(name, among: candidates).map { "did you mean --\($0)?" }
    let help =
      "lander list shows each recipe's parameters; lander help deploy shows the command's options"
    let version =
      "to give the recipe a version, declare it: params = { version = param.string {} }; lander --version prints lander's version"
    // An option of another command is rarely a misspelt option of this one.
    if !options.isEmpty, !options.contains(name), let owner = OptionNames.owner(of: name) {
      return Problem(
        "this command has no option --\(name)",
        fix: near.map { "\($0) --\(name) is an option of \(owner)" } ?? "\(owner) has it; --help lists the options of this command")
    }
    return Problem("unknown option \(word)", fix: name == "version" ? version : near ?? help)
  }
}
