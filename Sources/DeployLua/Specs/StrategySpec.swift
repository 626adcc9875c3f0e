package import DeployModel

/// A test file with one more recipe, `Trial.Strategy.recipe`. That recipe has nothing but a rollout with a strategy.
package struct StrategySpec {
  /// The test file, with that recipe after its last line.
  package let file: SourceFile
  private let lines: Int

  package init(_ strategy: Trial.Strategy, in spec: SourceFile) {
    lines = spec.text.utf8.count { $0 == UInt8(ascii: "\n") } + 1
    file = SourceFile(path: spec.path, text: spec.text + "\n" + Self.recipe(strategy))
  }

  /// Reads the recipe. Everything else in these sources has already been read and checked, so it is not checked again, because a test can
  /// play hundreds of strategies.
  /// - Parameter main: the main file, which is read before the test file.
  /// - Throws: an error that says what is wrong with the strategy or its options.
  package func project(
    after main: SourceFile, origins: PluginOrigins = .none, read: @escaping LuaProject.Reader
  ) throws(Problems) -> Project {
    do { return try LuaProject.unchecked(main, spec: file, origins: origins, read: read) } catch { throw told(error) }
  }

  /// Returns what is wrong with the strategy or its options, without the lines of the generated recipe.
  package func told(_ problems: Problems) -> Problems {
    Problems(
      problems.list.map { problem in
        var problem = problem
        if let place = problem.place, place.file == file.path, place.line > lines { problem.place = nil }
        return problem
      }, exit: problems.exit)
  }

  private static func recipe(_ strategy: Trial.Strategy) -> String {
    let value = "_ENV[\"the strategy called\"](\(literal(.text(strategy.name)))) (\(literal(strategy.options)))"
    return "recipe \"\(Trial.Strategy.recipe)\" { path = \"/srv/app\", revision = bundle \"dist\", targets = { \"host1\" }, "
      + "stages = { stage.upload, stage.rollout { strategy = \(value) } } }"
  }

  /// Returns a plain value in Lua syntax.
  private static func literal(_ value: Value) -> String {
    switch value {
    case .null: "nil"
    case .bool(let bool): bool ? "true" : "false"
    // Lua reads the digits of the least integer as a float, and 1e999 as infinity.
    case .int(let int): int == .min ? "(\(int + 1)-1)" : "\(int)"
    case .number(let number): number.isFinite ? "\(number)" : number.isNaN ? "0/0" : number < 0 ? "-1e999" : "1e999"
    case .text(let text): "\"" + text.utf8.map { "\\x" + Hex.text([$0]) }.joined() + "\""
    case .list(let list): "{" + list.map(literal).joined(separator: ", ") + "}"
    case .record(let members): "{" + members.map { "[\(literal(.text($0.name)))] = \(literal($0.value))" }.joined(separator: ", ") + "}"
    }
  }
}
