import DeployModel

/// Words about a task, for `list` and `show`.
extension NamedTask {
  /// Returns the task's line, such as `task restart: what it is for`, and a line for each parameter.
  func lines(on surface: Surface) -> [String] {
    let words = summary.isEmpty ? "" : ": " + SafeText.line(summary)
    return ["    task \(surface.paint(name, .strong))\(words)"] + Table([], rows: parameters.map(\.row)).lines(on: surface, indent: 6)
  }

  /// Returns the task for programs, with a JSON Schema of the parameters that can be given. These are the task's own parameters and the
  /// recipe's.
  func value(of recipe: Recipe) -> Value {
    let runnable = recipe.doing(self)
    return JSON.record([
      ("name", .text(name)), ("summary", summary.isEmpty ? nil : .text(summary)),
      ("parameters", Parameter.schema(of: runnable.parameters, optional: runnable.inherited)),
    ])
  }
}
