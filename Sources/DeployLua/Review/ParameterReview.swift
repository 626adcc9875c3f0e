import DeployCore
import DeployModel

/// Checks the parameters that a project declares, and the values that its groups set, without any value that a person types.
struct ParameterReview {
  private(set) var problems: [Problem] = []
  private(set) var warnings: [Problem] = []

  /// - Parameter lines: finds the line of a parameter in a group's `params`.
  init(_ project: Project, lines: FieldLines) {
    for recipe in project.recipes {
      for parameter in recipe.parameters {
        look(at: parameter)
        look(at: parameter, beside: recipe.parameters)
      }
      for task in recipe.tasks {
        for parameter in task.parameters {
          look(at: parameter)
          look(at: parameter, beside: task.parameters)
        }
      }
    }
    let declared = project.recipes.flatMap { $0.parameters + $0.tasks.flatMap(\.parameters) }
    for group in project.groups {
      for member in group.params.members {
        let place = group.place.map { place in
          SourcePlace(file: place.file, line: lines.line(of: "params.\(member.name)", in: place.file, after: place.line) ?? place.line)
        }
        look(at: member, of: group, place, declared, project.recipes)
      }
    }
  }

  /// Finds a parameter `no_x` next to a parameter `x` that is true or false, because `--no-x` already means that `x` is false.
  private mutating func look(at parameter: Parameter, beside others: [Parameter]) {
    guard parameter.kind == .boolean, let other = others.first(where: { $0.name.isExactly("no_" + parameter.name) }) else { return }
    let option = parameter.name.replacing("_", with: "-")
    add(
      Problem(
        "parameters \"\(parameter.name)\" and \"\(other.name)\" cannot be told apart: --no-\(option) says no to the first one",
        place: other.place ?? parameter.place, fix: "give one of them another name"))
  }

  private mutating func look(at parameter: Parameter) {
    let match: String
    switch parameter.kind {
    case .string(let pattern?), .list(_, let pattern?, _, _): match = pattern
    default: return
    }
    if let flaw = LuaPattern.flaw(in: match) {
      add(
        Problem(
          "match of parameter \"\(parameter.name)\" is no Lua pattern: \(flaw)", place: parameter.place, fix: "as in match = \"^v%d+$\""))
    } else if let pattern = LuaPattern(match), !pattern.isAnchored {
      let whole = "^" + match.drop { $0 == "^" } + (match.hasSuffix("$") ? "" : "$")
      warnings.append(
        Problem(
          "match = \"\(match)\" of parameter \"\(parameter.name)\" is looked for anywhere in the value, whatever stands around it",
          place: parameter.place, fix: "for the whole value write match = \"\(whole)\""))
    }
  }

  private mutating func look(
    at member: Value.Member, of group: DeploymentGroup, _ place: SourcePlace?, _ declared: [Parameter], _ recipes: [Recipe]
  ) {
    let those = recipes.filter { $0.targets == .group(group.name) }.flatMap(\.parameters).filter { $0.name.isExactly(member.name) }
    for parameter in those where parameter.kind.read(member.value) == nil {
      let flaw = parameter.kind.flaw(of: member.value).words
      add(
        Problem(
          "params of group \"\(group.name)\": \(member.value.words) of \(member.name) \(flaw)", place: place,
          fix: parameter.place.map { "parameter \"\(member.name)\" is declared in \($0)" }))
    }
    guard !declared.contains(where: { $0.name.isExactly(member.name) }) else { return }
    let names = declared.map(\.name)
    add(
      Problem(
        "params of group \"\(group.name)\": no recipe has a parameter \"\(member.name)\"", place: place,
        fix: NearMatch.of(member.name, among: names).map { "did you mean \($0)?" } ?? "take it out, or declare it in a recipe's params"))
  }

  private mutating func add(_ problem: Problem) { if !problems.contains(problem) { problems.append(problem) } }
}
