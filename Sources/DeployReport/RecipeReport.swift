package import DeployModel

/// What a project declares, for `list` and `show`.
package struct ProjectReport: Sendable {
  package var project: Project
  package init(_ project: Project) { self.project = project }

  /// Returns the recipes with their parameters, then the groups.
  package func lines(on surface: Surface) -> [String] {
    var lines: [String] = []
    for recipe in project.recipes {
      let title =
        surface.paint(recipe.name, .strong)
        + (recipe.name == recipe.application ? "" : " of \(recipe.application)")
      lines.append("recipe \(title)" + recipe.aim)
      lines += Table([], rows: recipe.parameters.map(\.row)).lines(on: surface, indent: 4)
      for task in recipe.tasks { lines += task.lines(on: surface) }
    }
    if project.recipes.isEmpty { lines.append("deploy.lua declares no recipe.") }
    for group in project.groups {
      let names =
        group.hosts.prefix(6).map(\.name).joined(separator: " ")
        + (group.hosts.count > 6 ? " …" : "")
      lines.append(
        "group \(surface.paint(group.name, .strong)): \(group.hosts.count.of("host")): \(SafeText.line(names))"
      )
    }
    return lines
  }

  /// The recipes, with a JSON Schema of their parameters, and the groups, for programs.
  package var value: Value {
    JSON.record([
      (
        "recipes",
        .list(
          project.recipes.map { recipe in
            JSON.record([
              ("name", .text(recipe.name)), ("application", .text(recipe.application)),
              ("group", recipe.group.map { .text($0) }),
              ("parameters", recipe.schema),
              ("tasks", .list(recipe.tasks.map { $0.value(of: recipe) })),
            ])
          })
      ),
      (
        "groups",
        .list(
          project.groups.map { group in
            JSON.record([
              ("name", .text(group.name)), ("hosts", .list(group.hosts.map { .text($0.name) })),
            ])
          })
      ),
    ])
  }
}

extension Recipe {
  fileprivate var group: String? { if case .group(let name) = targets { name } else { nil } }
  fileprivate var aim: String {
    switch targets {
    case .group(let name): " → group \(name)"
    case .hosts(let group): " → \(group.hosts.count.of("host"))"
    case .unset: " → --group says where"
    }
  }

  /// The parameters as a JSON Schema (draft 2020-12) of one object.
  package var schema: Value {
    Parameter.schema(of: parameters)
  }
}

extension Parameter {
  /// Returns the JSON Schema of one object with these parameters.
  static func schema(of parameters: [Parameter], optional: [Parameter] = []) -> Value {
    let required = parameters.filter { $0.standard == nil }.map { Value.text($0.name) }
    return JSON.record([
      ("type", "object"), ("additionalProperties", false),
      ("properties", JSON.record((parameters + optional).map { ($0.name, $0.schema as Value?) })),
      ("required", .list(required)),
    ])
  }
}

extension Recipe {

  /// Returns each field and where it came from, for `lander show`.
  package func lines(on surface: Surface) -> [String] {
    func origin(_ field: String) -> String {
      guard let found = origins.first(where: { $0.name == field })?.value else { return "" }
      return surface.paint(found.plain, .dim)
    }
    var rows: [[String]] = []
    func add(_ field: String, _ text: String) { rows.append([field, text, origin(field)]) }
    add("application", application)
    if let revision { add("revision", revision.sentence) }
    switch targets {
    case .group(let name): add("targets", "group \"\(name)\"")
    case .hosts(let group): add("targets", group.hosts.map(\.name).joined(separator: " "))
    case .unset: add("targets", "none: --group has to say")
    }
    if !partners.isEmpty { add("partners", partners.map { "group \"\($0)\"" }.joined(separator: " ")) }
    if let configuration { add("configuration", configuration.sentence) }
    add("path", placement.path)
    if !placement.shared.isEmpty { add("shared", placement.shared.joined(separator: " ")) }
    add("keep", placement.keep.of("release"))
    if placement.reuse == .link { add("reuse", "link") }
    if let user { add("user", user) }
    for (index, stage) in flow.stages.enumerated() {
      let from = stage.origin.map { surface.paint($0, .dim) } ?? (index == 0 ? origin("stages") : "")
      rows.append([index == 0 ? "stages" : "", stage.sentence, from])
    }
    add("rollback", flow.rollback ? "yes" : "no: a failed host stays as it is")
    if !secrets.isEmpty { add("secrets", secrets.joined(separator: " ")) }
    var lines = ["recipe " + surface.paint(name, .strong) + (place.map { " (\($0))" } ?? "")]
    lines += Table([], rows: rows).lines(on: surface, indent: 2)
    if !parameters.isEmpty {
      lines +=
        ["", "  parameters"] + Table([], rows: parameters.map(\.row)).lines(on: surface, indent: 4)
    }
    let inOrder = LifecycleEvent.allCases.flatMap { event in flow.hooks.filter { $0.event == event } }
    let hookRows = inOrder.map { [$0.event.rawValue, $0.place?.description ?? ""] }
    lines += ["", "  hooks, in the order in which they run"]
    lines +=
      hookRows.isEmpty ? ["    none"] : Table([], rows: hookRows).lines(on: surface, indent: 4)
    if !tasks.isEmpty { lines += ["", "  tasks"] + tasks.flatMap { $0.lines(on: surface) } }
    if !flow.onFailure.isEmpty { lines.append("  on_failure is set") }
    if !flow.onSuccess.isEmpty { lines.append("  on_success is set") }
    return lines
  }
}

extension Stage {
  /// Where a stage is written: in the recipe or in a base. Nil if the stage is the engine's own.
  fileprivate var origin: String? {
    if case .script(_, _, _, _, let place, _) = self { place?.description } else { nil }
  }
}

extension Revision {
  /// The source of the revision in words, such as `dist, built by make dist`.
  package var sentence: String {
    let from =
      switch source {
      case .path(let path): path
      case .git(let ref, let repository):
        "git \(ref)" + (repository == "." ? "" : " of \(repository)")
      }
    return from + (build.map { ", built by `\($0)`" } ?? "")
      + (ignore.isEmpty ? "" : ", without " + ignore.joined(separator: " "))
  }
}

extension DeploymentConfiguration {
  fileprivate var sentence: String {
    let floor = floor.map { "floor \($0.sentence)" } ?? "floor by the strategy"
    let parallel = parallel.map { "parallel \($0.sentence)" } ?? "parallel by the wave"
    return
      "\(name): \(floor), \(parallel), \(failed.sentence) may fail, \(unreachable.sentence) may be unreachable"
  }
}

extension Amount {
  fileprivate var sentence: String {
    switch self {
    case .count(let count): "\(count)"
    case .percent(let share): "\(share.plain)%"
    }
  }
}

extension Parameter {
  /// The parameter's cells in a table: the option with its type, the default, and the help.
  var row: [String] {
    let option = kind == .boolean ? "--[no-]\(name)" : "--\(name) <\(word)>"
    return [option, typed.map { "default \($0)" } ?? "required", SafeText.line(help)]
  }

  /// The default as a person would type it, or nil if there is none.
  private var shown: Value? {
    guard let standard, kind == .percent, standard.text == nil else { return standard }
    return .text("\(standard.plain)%")
  }
  /// The default of a list, with commas between its strings.
  private var typed: String? {
    shown.map { kind.isList ? $0.list?.map(\.plain).joined(separator: ",") ?? "empty" : $0.plain }
  }

  private var word: String {
    switch kind {
    case .boolean: "yes or no"
    case .integer: "integer"
    case .number: "number"
    case .percent: "percent"
    case .string: "text"
    case .choice(let choices): choices.joined(separator: "|")
    case .duration: "duration"
    case .list(let choices, _, _, _): choices.isEmpty ? "text,text" : choices.joined(separator: ",")
    }
  }

  fileprivate var schema: Value {
    var members: [(String, Value?)] =
      switch kind {
      case .boolean: [("type", "boolean")]
      case .integer(let min, let max):
        [("type", "integer"), ("minimum", min.map { .int($0) }), ("maximum", max.map { .int($0) })]
      case .number(let min, let max):
        [
          ("type", "number"), ("minimum", min.map { .number($0) }),
          ("maximum", max.map { .number($0) }),
        ]
      case .percent: [("type", "string"), ("pattern", "^[0-9.]+%?$")]
      case .string(let match): [("type", "string"), ("x-lua-pattern", match.map { .text($0) })]
      case .choice(let choices): [("enum", .list(choices.map { .text($0) }))]
      case .duration: [("type", "string"), ("pattern", "^[0-9.]+(ms|s|m|h|d)?$")]
      case .list(let choices, let match, let min, let max):
        [
          ("type", "array"), ("minItems", min.map { .int($0) }), ("maxItems", max.map { .int($0) }),
          (
            "items",
            JSON.record([
              ("type", "string"), ("x-lua-pattern", match.map { .text($0) }),
              ("enum", choices.isEmpty ? nil : .list(choices.map { .text($0) })),
            ])
          ),
        ]
      }
    members += [("default", shown), ("description", help.isEmpty ? nil : .text(help))]
    return JSON.record(members)
  }
}
