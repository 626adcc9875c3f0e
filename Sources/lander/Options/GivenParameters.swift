import DeployCore
import DeployModel
import Foundation

/// The parameters of a recipe that are not typed as options: those in the file of `--params`, and those in the environment. Options win
/// over the file, and the file wins over the environment.
struct GivenParameters {
  /// The parameters in the environment, then those in the file. If a parameter occurs twice, the later value wins.
  private(set) var members: [Value.Member] = []
  private(set) var problems: [Problem] = []
  /// The prefix of the variables: `LANDER_PARAM_DRY_RUN` is the parameter `dry_run`.
  static let prefix = "LANDER_PARAM_"
  /// The limit of the file in bytes.
  private static let most = 1 << 20

  /// - Parameters:
  ///   - file: the path of a JSON object with a member for each parameter; nil: no file was given.
  ///   - own: the parameters of the recipe.
  ///   - all: the parameters of all recipes. A variable for another recipe's parameter is no mistake.
  init(file: String?, own: [Parameter], all: [Parameter], environment: [(name: String, text: String)]) {
    for (variable, text) in environment where variable.hasPrefix(Self.prefix) {
      if let parameter = own.first(where: { Self.variable(of: $0).isExactly(variable) }) {
        members.append(Value.Member(parameter.name, .text(text)))
      } else if !all.contains(where: { Self.variable(of: $0).isExactly(variable) }) {
        let near = NearMatch.of(variable, among: all.map(Self.variable)).map { "did you mean \($0)?" }
        problems.append(
          Problem(
            "no recipe has a parameter of that name", subject: variable, fix: near ?? "lander list shows the parameters of each recipe"))
      }
    }
    if let file { read(file) }
  }

  private static func variable(of parameter: Parameter) -> String { prefix + parameter.name.uppercased().replacing("-", with: "_") }

  private mutating func read(_ file: String) {
    func refuse(_ words: String) {
      let fix = #"write one JSON object: { "percent": "10%", "migrate": true }"#
      problems.append(Problem("\(file) \(words)", subject: "--params", fix: fix))
    }
    let path = Folder.absolute(file)
    let size = (try? FileManager.default.attributesOfItem(atPath: path))?[.size] as? Int
    guard let size, let data = FileManager.default.contents(atPath: path) else { return refuse("cannot be read") }
    guard size <= Self.most else { return refuse("is larger than \(Self.most.inBytes)") }
    guard case .record(let found)? = try? JSONDecoder().decode(Value.self, from: data) else { return refuse("is no JSON object") }
    for member in found {
      switch member.value {
      case .text, .int, .number, .bool: members.append(member)
      default: refuse("has a \"\(member.name)\" that is no text, number, true or false")
      }
    }
  }
}
