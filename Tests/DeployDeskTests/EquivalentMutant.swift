/// A change of a file that comes with Lander after which the file still behaves as before. No spec can find the change, and none should.
struct EquivalentMutant {
  /// The beginning of the file's path.
  var path: String
  /// A part of the change's description, which has the code before and after.
  var change: String
  var reason: String

  func stands(for mutant: Mutant) -> Bool { mutant.path.hasPrefix(path) && mutant.change.contains(change) }

  /// Returns why no spec has to find a mutant; nil: a spec has to find it.
  static func reason(for mutant: Mutant) -> String? { all.first { $0.stands(for: mutant) }?.reason }

  static let all: [EquivalentMutant] = [
    .init(path: "", change: "help = \"~\"", reason: "a help text is for people, and docs/reference compares it"),
    .init(path: "", change: ".. \"~\" },", reason: "the end of a help text"),
    .init(
      path: "", change: "schema \"~\" {", reason: "the name of a schema stands in messages of schema, which has its own tests"),
    .init(
      path: "plugins/haproxy/runtime.lua", change: "for i = 3, #words do columns",
      reason: "the first column is the number of the backend, which nobody reads"),
    .init(
      path: "plugins/haproxy/runtime.lua", change: "local lines = { \"~\", \"# be_id",
      reason: "the line before the names of columns is the version of the form, and is skipped"),
    .init(path: "plugins/haproxy/runtime.lua", change: "return table.concat(lines, \"~\")", reason: Self.foretold),
    .init(path: "plugins/haproxy/shares.lua", change: "~= sorted(pools)[1] and 1 or 0", reason: Self.foretold),
    .init(path: "plugins/haproxy/shares.lua", change: "sorted(pools)[2] and 1 or 0", reason: Self.foretold),
    .init(path: "plugins/nginx/shares.lua", change: "[own.pools[2]] = 100", reason: Self.foretold),
    .init(path: "plugins/haproxy/runtime.lua", change: "\"200ms\", 1", reason: Self.clock),
    .init(path: "plugins/haproxy/runtime.lua", change: "201 or 1000", reason: Self.clock),
    .init(path: "plugins/haproxy/runtime.lua", change: "local spent = 1", reason: Self.clock),
    .init(path: "plugins/haproxy/runtime.lua", change: "spent = spent + 501", reason: Self.clock),
    .init(
      path: "plugins/haproxy/runtime.lua", change: "(units[unit] or 1)", reason: "schema.duration takes no unit that is not in the table"),
    .init(path: "plugins/haproxy/shares.lua", change: "(percent[name] or 1)", reason: Self.whole),
    .init(path: "plugins/haproxy/shares.lua", change: "= percent[name] or 1", reason: Self.whole),
    .init(path: "plugins/haproxy/shares.lua", change: "percent[name] or 1) end", reason: Self.whole),
    .init(path: "plugins/nginx/shares.lua", change: "(percent[pool] or 1)", reason: Self.whole),
    .init(path: "plugins/nginx/shares.lua", change: "= percent[pool] or 1", reason: Self.whole),
    .init(path: "plugins/nginx/configure.lua", change: "timeout = seconds + 31", reason: Self.clock),
    .init(
      path: "plugins/haproxy/shares.lua", change: "(weights[server] or 1)",
      reason: "whoever reads the weights fails for a server that has none"),
    .init(
      path: "plugins/haproxy/", change: "table.sort(names)  →  (left out)",
      reason: "pairs goes over names in their order in recipes; the line says that it matters"),
  ]

  private static let foretold = "what plan and check take for an answer: a spec gives answers of its own"
  private static let clock = "a millisecond more or less of a clock that is compared with whole seconds"
  private static let whole = "the engine gives every pool its share, 0 included"
}
