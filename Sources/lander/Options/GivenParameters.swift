import DeployCore
import DeployModel
import Foundation

/// Those parameters of a recipe that are not typed as options. They come from the file of `--params`, and from the environment. Options
/// take precedence over the file, and the file takes precedence over the environment.
struct GivenParameters {
  /// The values from the environment, and then those from the file. A later value of the same parameter overrides an earlier one. Values
  /// that do not fit their parameter are left out.
  private(set) var members: [Value.Member] = []
  private(set) var problems: [Problem] = []
  /// The parameters of the recipe. Empty if no recipe has been chosen. In that case, values are checked later.
  private let own: [Parameter]
  /// The prefix of variables' names. For example, `LANDER_PARAM_DRY_RUN` sets the parameter `dry_run`.
  static let prefix = "LANDER_PARAM_"
  /// The limit of the file in bytes.
  private static let most = 1 << 20
  /// The largest number of unknown names that are reported for the file.
  private static let mostUnknown = 10

  /// - Parameters:
  ///   - file: the path of a JSON object with a member for each parameter, or nil if there is no such file.
  ///   - own: parameters of the recipe.
  ///   - all: parameters of all recipes and tasks. A variable for one of these is ignored, because a CI job might have set it for another
  ///     command.
  init(file: String?, own: [Parameter], all: [Parameter], environment: [(name: String, text: String)]) {
    self.own = own
    for (variable, text) in environment where variable.hasPrefix(Self.prefix) {
      let those = own.filter { Self.variable(of: $0).isExactly(variable) }
      if those.count > 1 {
        let names = those.map(\.name).joined(separator: ", ")
        problems.append(
          Problem("it stands for several parameters: \(names)", subject: variable, fix: "give them as options, or with --params"))
      } else if let parameter = those.first {
        take(parameter.name, .text(text), from: variable)
      } else if !all.contains(where: { Self.variable(of: $0).isExactly(variable) }) {
        refuse(variable, among: all)
      }
    }
    if let file { read(file) }
  }

  private static func variable(of parameter: Parameter) -> String { prefix + parameter.name.uppercased().replacing("-", with: "_") }

  private mutating func refuse(_ variable: String, among all: [Parameter]) {
    let names = all.map { String(Self.variable(of: $0).dropFirst(Self.prefix.count)) }
    let near = NearMatch.of(String(variable.dropFirst(Self.prefix.count)), among: names)
    problems.append(
      Problem(
        "no recipe and no task has a parameter of that name", subject: variable,
        fix: near.map { "did you mean \(Self.prefix)\($0)?" } ?? "unset it; lander list shows the parameters of each recipe"))
  }

  /// - Parameter source: the variable, or the file and the name in it.
  private mutating func take(_ name: String, _ value: Value, from source: String) {
    if let parameter = own.first(where: { $0.name.isExactly(name) }), let problem = parameter.problem(with: value, from: source) {
      problems.append(problem)
    } else {
      members.append(Value.Member(name, value))
    }
  }

  // MARK: the file

  private mutating func read(_ file: String) {
    func refuse(_ words: String, _ fix: String? = nil) {
      let form = #"write one JSON object: { "percent": "10%", "migrate": true }"#
      problems.append(Problem("\(file) \(words)", subject: "--params", fix: fix ?? form))
    }
    let found: [UInt8]?
    do throws(Problem) { found = try InputFile(option: "--params", path: file, most: Self.most).bytes() } catch {
      problems.append(error)
      return
    }
    guard var bytes = found else { return refuse("cannot be read: there is no such file", "name a file that is there") }
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { bytes.removeFirst(3) }
    if let flaw = JSONFlaw.first(in: bytes) { return refuse("is not JSON: line \(flaw.line): \(flaw.words)") }
    guard case .record(let members)? = try? JSONDecoder().decode(Value.self, from: Data(bytes)) else {
      return refuse("is JSON, but not an object")
    }
    for name in JSONNames.repeated(in: bytes) { refuse("has \"\(name)\" twice", "keep one of them") }
    var unknown = 0
    for member in members {
      if !own.isEmpty, !own.contains(where: { $0.name.isExactly(member.name) }) {
        unknown += 1
        guard unknown <= Self.mostUnknown else { continue }
        refuse("has a \"\(member.name)\", which is not a parameter of this recipe", NearMatch.hint(member.name, among: own.map(\.name)))
        continue
      }
      switch member.value {
      case .text, .int, .number, .bool: take(member.name, member.value, from: "\(file): \(member.name)")
      case .list(let list) where list.allSatisfy({ $0.text != nil || $0.int != nil }):
        take(member.name, member.value, from: "\(file): \(member.name)")
      default: refuse("has a \"\(member.name)\" that is neither a string, a number, true, false nor a list of strings")
      }
    }
    if unknown > Self.mostUnknown { refuse("has \(unknown - Self.mostUnknown) more names that are not parameters of this recipe") }
  }
}
